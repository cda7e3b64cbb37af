#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/ice/candidate.hpp>
#include <offhook/rtp/ice/detail/pair.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace offhook::inline v0::rtp {

/// The pairs of one data stream, highest priority first, and the order of their checks: RFC 8445 sections 6.1.2 and 6.1.4. A pointer to a pair is valid until the
/// next call that is not const.
class IceChecklist {
 public:
  IceChecklist(std::size_t max_pairs, bool controlling) : max_pairs_(max_pairs), controlling_(controlling) {}

  /// Returns the pair of these candidates, which is new unless there is one with the same base and remote address. Returns nullptr if the candidates do not fit,
  /// or if the list is full of better pairs. Pairs that are `heard` stay in a full list.
  IcePair* add(const IceCandidate& local, const IceCandidate& remote, bool heard = false);
  /// The peer has described a candidate that was peer-reflexive before.
  void update(const IceCandidate& remote);
  void remove_base(const base::SocketAddress& base);
  /// Removes the other pairs of this component, because one is nominated: RFC 8445 section 8.1.2.
  void keep_only(const IcePair& nominated);
  /// Computes all priorities again, and forgets nominations.
  void set_controlling(bool controlling);
  [[nodiscard]] bool is_controlling() const { return controlling_; }

  [[nodiscard]] IcePair* find(IcePairId id);
  [[nodiscard]] IcePair* find(const base::SocketAddress& base, const base::SocketAddress& remote);
  [[nodiscard]] std::span<const IcePair> pairs() const { return pairs_; }
  /// Returns the priority of the valid pair: RFC 8445 section 7.2.5.3.2.
  [[nodiscard]] std::uint64_t valid_priority(const IcePair& pair) const;
  /// Returns the number of pairs that have neither succeeded nor failed.
  [[nodiscard]] std::size_t unfinished() const;

  /// Queues a check that goes before the ordinary ones: RFC 8445 section 6.1.4.1. A pair that has not succeeded is then Waiting.
  void trigger(IcePair& pair);
  /// Returns true if next_check() has one.
  [[nodiscard]] bool has_check() const;
  /// Takes the pair that is to be checked now: RFC 8445 section 6.1.4.2. It is then In-Progress, unless it has succeeded before. Returns nullptr if there is none.
  [[nodiscard]] IcePair* next_check();
  /// Sets Succeeded, and unfreezes the pairs of the same foundation: RFC 8445 section 7.2.5.3.3.
  void succeed(IcePair& pair);
  /// Sets Failed. The pair is not valid any more.
  void fail(IcePair& pair);

 private:
  [[nodiscard]] std::uint64_t priority_of(const IceCandidate& local, const IceCandidate& remote) const;
  [[nodiscard]] bool is_blocked(const IcePair& frozen) const;
  void set_initial_state(IcePair& added);
  void trim();
  void sort();
  void forget_removed();

  std::size_t max_pairs_;
  bool controlling_;
  IcePairId last_id_ = 0;
  std::vector<IcePair> pairs_;
  std::deque<IcePairId> triggered_;
};

}  // namespace offhook::inline v0::rtp
