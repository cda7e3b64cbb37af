#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/engine/inbox.hpp>
#include <offhook/media/engine/relay_order.hpp>

#include <cstddef>

namespace offhook::inline v0::media {

/// The relays between the legs of one worker. All functions except order() belong to the worker's thread.
class Relays {
 public:
  /// `datagrams` is borrowed, and outlives the relays.
  explicit Relays(Datagrams* datagrams) : datagrams_(datagrams) {}

  /// Any thread.
  void order(RelayOrder& order) { orders_.push(order); }
  /// Takes the orders that came, the newest first. Call this before arriving legs are taken, because the legs of an order were pushed
  /// before the order.
  [[nodiscard]] RelayOrder* take() { return orders_.take_all(); }
  /// Carries out orders that were taken, in the order in which they came.
  void apply(RelayOrder* newest, base::TimePoint now);
  /// Ends the relay of a leg. Does nothing if the leg is not relayed.
  void part(Leg& leg, base::TimePoint now);
  [[nodiscard]] bool empty() const { return relayed_ == 0; }

 private:
  void carry_out(RelayOrder& order, base::TimePoint now);
  void join(Leg& a, Leg& b, base::TimePoint now);

  Datagrams* datagrams_;
  Inbox<RelayOrder> orders_;
  std::size_t relayed_ = 0;          // number of relayed legs
};

}  // namespace offhook::inline v0::media
