#include <offhook/media/engine/relays.hpp>

#include <offhook/media/engine/leg.hpp>

#include <utility>

namespace offhook::inline v0::media {

void Relays::apply(RelayOrder* newest, base::TimePoint now) {
  RelayOrder* oldest = nullptr;
  while (newest != nullptr) {
    RelayOrder* const order = std::exchange(newest, newest->next_arriving);
    order->next_arriving = std::exchange(oldest, order);
  }
  while (oldest != nullptr) carry_out(*std::exchange(oldest, oldest->next_arriving), now);
}

void Relays::carry_out(RelayOrder& order, base::TimePoint now) {
  for (Leg* const leg : order.legs) part(*leg, now);  // Before the exchange: part() needs the translators that have the legs' numbers.
  for (std::size_t i = 0; i < order.legs.size(); ++i) {
    if (order.translators[i]) order.translators[i] = order.legs[i]->stream.take(std::move(order.translators[i]));
  }
  if (order.what == RelayOrder::What::Join) join(*order.legs[0], *order.legs[1], now);
  order.done.store(true, std::memory_order_release);  // A thread that reads true may free the order, and later its legs when they are gone.
}

void Relays::join(Leg& a, Leg& b, base::TimePoint now) {
  const auto is_here = [](const Leg& leg) { return leg.place.row->legs[leg.place.lane] == &leg; };
  if (!is_here(a) || !is_here(b)) return;  // One of the legs was closed meanwhile.
  Stream::join(a.stream, b.stream, now);
  a.relayed_with = &b;
  b.relayed_with = &a;
  for (Leg* const leg : {&a, &b}) datagrams_->watch_audio(*leg);
  relayed_ += 2;
}

void Relays::part(Leg& leg, base::TimePoint now) {
  if (leg.relayed_with == nullptr) return;
  leg.stream.part(now);
  for (Leg* const one : {leg.relayed_with, &leg}) {
    datagrams_->unwatch_audio(*one);
    one->place.row->begin_voice(one->place.lane);
    one->relayed_with = nullptr;
  }
  relayed_ -= 2;
}

}  // namespace offhook::inline v0::media
