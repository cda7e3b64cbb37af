#pragma once

#include <offhook/sip/stack/events.hpp>
#include <offhook/sip/transport/listeners.hpp>
#include <offhook/sip/transport/name_look_ups.hpp>

#include <functional>
#include <vector>

namespace offhook::inline v0::sip::detail {

/// Answers the stack's queries: a host's addresses, each with the listener of ours that it can reach.
class RouteFinder {
 public:
  static constexpr std::size_t kMaxRoutesPerName = 8;
  using Answer = std::function<void(QueryId, QueryResult)>;

  /// `offered`: says whether this edge can open such a connection.
  RouteFinder(const Listeners& listeners, std::function<bool(Transport)> offered, NameLookUps::Ways ways, Answer answer);
  void resolve(Query query);

 private:
  void answer(const Query& query, NameLookUps::Result found);

  const Listeners& listeners_;
  std::function<bool(Transport)> offered_;
  Answer answer_;
  NameLookUps names_;
};

}  // namespace offhook::inline v0::sip::detail
