#include <offhook/media/engine/conference_room.hpp>

namespace offhook::inline v0::media {

void ConferenceHall::take_in() {
  for (ConferenceRoom* room = arriving_.take_all(); room != nullptr;) {
    ConferenceRoom* const next = room->next_arriving;
    rooms_[room->phase].push_back(room);
    room = next;
  }
}

void ConferenceHall::begin(std::size_t phase) {
  for (ConferenceRoom* const room : rooms_[phase]) {
    let_in(*room);
    room->conference.begin();
  }
}

void ConferenceHall::let_in(ConferenceRoom& room) {
  for (Attendant* attendant = room.arriving.take_all(); attendant != nullptr;) {
    Attendant* const next = attendant->next_arriving;
    if (room.conference.join(attendant->port.seat)) {
      room.attendants.push_back(attendant);
    } else {
      room.arriving.push(*attendant);  // A member that was ordered to leave still has its seat.
    }
    attendant = next;
  }
}

void ConferenceHall::mix(std::size_t phase, std::uint64_t tick) {
  for (ConferenceRoom* const room : rooms_[phase]) {
    for (Attendant* const attendant : room->attendants) attendant->port.say(room->conference, tick);
    room->conference.mix();
  }
}

void ConferenceHall::end(std::size_t phase, std::uint64_t tick) {
  for (ConferenceRoom* const room : rooms_[phase]) close(*room, tick);
  std::erase_if(rooms_[phase], [](ConferenceRoom* room) {
    // Checks `ending` first: every leg that was ordered to come here before it was set was also ordered to leave.
    if (!room->ending.load(std::memory_order_acquire) || room->conference.members() > 0 || !room->arriving.empty()) return false;
    room->gone.store(true, std::memory_order_release);  // A thread that reads it may free the conference.
    return true;
  });
}

void ConferenceHall::finish() {
  take_in();
  for (const auto& rooms : rooms_) {
    for (ConferenceRoom* const room : rooms) {
      let_in(*room);
      for (Attendant* const attendant : room->attendants) attendant->port.finish();
    }
  }
}

void ConferenceHall::close(ConferenceRoom& room, std::uint64_t tick) {
  for (Attendant* const attendant : room.attendants) attendant->port.hear(room.conference, tick);
  std::erase_if(room.attendants, [&room](Attendant* attendant) {
    if (!attendant->closing.load(std::memory_order_acquire)) return false;
    attendant->port.finish();
    room.conference.leave(attendant->port.seat);
    attendant->gone.store(true, std::memory_order_release);  // A thread that reads it may free the attendant.
    return true;
  });
  const Conference& conference = room.conference;
  room.statistics.write({.ticks = ++room.ticks,
                         .encodings_shared = conference.common().spared(),
                         .members = static_cast<std::uint32_t>(conference.members()),
                         .speakers = static_cast<std::uint32_t>(conference.speakers())});
}

}  // namespace offhook::inline v0::media
