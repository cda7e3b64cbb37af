#include <offhook/media/engine/leg_departures.hpp>

#include <offhook/media/engine/worker.hpp>
#include <offhook/media/engine/worker_conference.hpp>

#include <utility>

namespace offhook::inline v0::media {

LegDepartures::LegDepartures(Datagrams* datagrams, LegTicker& ticker, Relays& relays) : datagrams_(datagrams), ticker_(ticker), relays_(relays) {
  departing_.reserve(kMaxLegsPerWorker);
  leaving_.reserve(kMaxLegsPerWorker);
}

void LegDepartures::apply_all(LegRow& row, base::TimePoint now) {
  for (Leg* const leg : row.legs) {
    if (leg == nullptr) continue;
    if (const auto wishes = leg->wishes.load(std::memory_order_acquire); wishes != 0) apply(*leg, wishes, now);
  }
}

void LegDepartures::apply(Leg& leg, std::uint8_t wishes, base::TimePoint now) {
  if ((wishes & kClose) != 0) return close(leg, now);
  // Clears the flag first: an order that comes later sets it again.
  leg.wishes.fetch_and(static_cast<std::uint8_t>(~kMove), std::memory_order_acq_rel);
  LegSlot* const next = leg.move.wanted.exchange(nullptr, std::memory_order_acq_rel);
  if (next == nullptr) return;
  relays_.part(leg, now);  // A leg is still relayed here if the other leg was ordered to close, but was not ticked yet.
  if (next->place == leg.place) return take_slot(leg, *next);
  leg.move.to = next;
  departing_.push_back(&leg);
}

void LegDepartures::close(Leg& leg, base::TimePoint now) {
  relays_.part(leg, now);
  take_out(leg);
  closing_.push(leg);
}

void LegDepartures::end_phase(std::uint64_t tick, base::TimePoint now) {
  for (Leg* const leg : departing_) depart(*leg, tick);
  departing_.clear();
  say_goodbyes(now);
}

void LegDepartures::say_goodbyes(base::TimePoint now) {
  closing_.run([&](Leg& leg) {
    ticker_.finish(leg, now);
    remove(leg);
  });
}

void LegDepartures::finish_moving(base::TimePoint now) {
  for (Leg* const leg : leaving_) {
    if (leg->move.to != nullptr) ticker_.finish(*leg, now);
  }
}

void LegDepartures::finish_closed(base::TimePoint now) {
  while (!closing_.empty()) say_goodbyes(now);
}

/// Removes a leg that moves, after its last tick here. RTP that comes from now on waits in the leg's sockets.
void LegDepartures::depart(Leg& leg, std::uint64_t tick) {
  if (leg.move.to->voice) leg.move.to->voice->take_over(0, leg.place.row->voice, leg.place.lane);
  if (!leg.move.handed_over) leg.move.last_tick = tick;
  leg.move.handed_over = true;
  take_out(leg);
  remove(leg);
}

void LegDepartures::take_out(Leg& leg) {
  leave_conference(leg);
  leg.place.row->legs[leg.place.lane] = nullptr;
  --leg.place.row->count;
}

void LegDepartures::remove(Leg& leg) {
  datagrams_->remove(leg);
  leaving_.push_back(&leg);
}

void LegDepartures::let_go() {
  std::erase_if(leaving_, [this](Leg* leg) {
    if (!datagrams_->is_released(*leg)) return false;
    leg->move.to != nullptr ? hand_over(*leg) : released_.push(*leg);
    return true;
  });
  released_.run([this](Leg& leg) {
    LegTicker::note_statistics(leg);  // The BYE may have been refused meanwhile.
    leg.rtp.close();
    leg.rtcp.close();
    gone_.push(leg);  // The thread that takes the leg may free it.
  });
}

/// Gives the leg to the worker of its next slot. After this call, no object here refers to the leg.
void LegDepartures::hand_over(Leg& leg) {
  LegSlot& next = *std::exchange(leg.move.to, nullptr);
  leg.move.from = std::exchange(leg.slot, &next);
  next.whose->add(leg);
}

void LegDepartures::take_slot(Leg& leg, LegSlot& next) {
  leave_conference(leg);
  LegSlot& before = *std::exchange(leg.slot, &next);
  before.left.store(true, std::memory_order_release);  // A thread that reads true may free the slot.
}

void LegDepartures::leave_conference(Leg& leg) {
  if (std::exchange(leg.has_joined, false)) leg.slot->room->conference.leave(*leg.slot->member);
}

}  // namespace offhook::inline v0::media
