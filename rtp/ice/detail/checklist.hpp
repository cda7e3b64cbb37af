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

/// The pairs of one data stream, highest priority first, and the order of their checks: RFC 8445 sections 6.1.2 and 6.1.4. A pointer to a pair is valid until
/// the next call that is not const.
class IceChecklist {
 public:
  IceChecklist(std::size_t max_pairs, bool controlling) : max_pairs_(max_pairs), controlling_(controlling) {}

  /// Adds the pair of these candidates, and returns it. If the list has a pair with the same base and remote address, returns that pair instead. Returns
  /// nullptr if the candidates do not fit each other, or if the list is full of better pairs. A full list keeps its `heard` pairs.
  IcePair* add(const IceCandidate& local, const IceCandidate& remote, bool heard = false);
  /// Call this when the peer describes a candidate that was peer-reflexive before: its pairs get the new priority.
  void update(const IceCandidate& remote);
  void remove_base(const base::SocketAddress& base);
  /// Removes the other pairs of the nominated pair's component (RFC 8445 section 8.1.2). Keeps the pairs that the peer has nominated too and whose check is
  /// not finished: a peer of RFC 5245 may nominate several pairs, and the pair with the highest priority counts (RFC 8445 section 8.1.1).
  void keep_only(const IcePair& nominated);
  /// Computes all priorities again, and forgets nominations.
  void set_controlling(bool controlling);
  [[nodiscard]] bool is_controlling() const { return controlling_; }

  [[nodiscard]] IcePair* find(IcePairId id);
  [[nodiscard]] IcePair* find(const base::SocketAddress& base, const base::SocketAddress& remote);
  [[nodiscard]] std::span<const IcePair> pairs() const { return pairs_; }
  /// Returns the priority of the valid pair that the check of `pair` found: RFC 8445 section 7.2.5.3.2.
  [[nodiscard]] std::uint64_t valid_priority(const IcePair& pair) const;
  /// Returns the number of pairs that have neither succeeded nor failed.
  [[nodiscard]] std::size_t unfinished() const;

  /// Queues a check that goes before the ordinary ones: RFC 8445 section 6.1.4.1. A pair that has not succeeded is then Waiting.
  void trigger(IcePair& pair);
  /// Returns true if next_check() would return a pair.
  [[nodiscard]] bool has_check() const;
  /// Returns the pair to check next, and sets it In-Progress unless it has succeeded: RFC 8445 section 6.1.4.2. Returns nullptr if no pair needs a check.
  [[nodiscard]] IcePair* next_check();
  /// Sets the pair Succeeded, and the Frozen pairs of its foundation Waiting: RFC 8445 section 7.2.5.3.3.
  void succeed(IcePair& pair);
  /// Sets the pair Failed, so that it is no longer valid.
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
