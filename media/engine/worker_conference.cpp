#include <offhook/media/engine/worker_conference.hpp>

namespace offhook::inline v0::media {

void WorkerConferences::take_in() {
  for (WorkerConference* room = arriving_.take_all(); room != nullptr;) {
    WorkerConference* const next = room->next_arriving;
    rooms_[room->phase].push_back(room);
    room = next;
  }
}

void WorkerConferences::begin(std::size_t phase) {
  for (WorkerConference* const room : rooms_[phase]) {
    let_in(*room);
    room->conference.begin();
  }
}

void WorkerConferences::let_in(WorkerConference& room) {
  for (Attendant* attendant = room.arriving.take_all(); attendant != nullptr;) {
    Attendant* const next = attendant->next_arriving;
    if (room.conference.join(attendant->port.slot)) {
      room.attendants.push_back(attendant);
    } else {
      room.arriving.push(*attendant);  // A member that was ordered to leave still has its slot.
    }
    attendant = next;
  }
}

void WorkerConferences::mix(std::size_t phase, std::uint64_t tick) {
  for (WorkerConference* const room : rooms_[phase]) {
    for (Attendant* const attendant : room->attendants) attendant->port.say(room->conference, tick);
    room->conference.mix();
  }
}

void WorkerConferences::end(std::size_t phase, std::uint64_t tick) {
  for (WorkerConference* const room : rooms_[phase]) close(*room, tick);
  std::erase_if(rooms_[phase], [](WorkerConference* room) {
    // Checks `ending` first: every leg that was ordered to come here before it was set was also ordered to leave.
    if (!room->ending.load(std::memory_order_acquire) || room->conference.members() > 0 || !room->arriving.empty()) return false;
    room->gone.store(true, std::memory_order_release);  // A thread that reads true may free the conference.
    return true;
  });
}

void WorkerConferences::finish() {
  take_in();
  for (const auto& rooms : rooms_) {
    for (WorkerConference* const room : rooms) {
      let_in(*room);
      for (Attendant* const attendant : room->attendants) attendant->port.finish();
    }
  }
}

void WorkerConferences::close(WorkerConference& room, std::uint64_t tick) {
  for (Attendant* const attendant : room.attendants) attendant->port.hear(room.conference, tick);
  std::erase_if(room.attendants, [&room](Attendant* attendant) {
    if (!attendant->closing.load(std::memory_order_acquire)) return false;
    attendant->port.finish();
    room.conference.leave(attendant->port.slot);
    attendant->gone.store(true, std::memory_order_release);  // A thread that reads true may free the attendant.
    return true;
  });
  const Conference& conference = room.conference;
  room.statistics.write({.ticks = ++room.ticks,
                         .encodings_shared = conference.common().spared(),
                         .members = static_cast<std::uint32_t>(conference.members()),
                         .speakers = static_cast<std::uint32_t>(conference.speakers())});
}

}  // namespace offhook::inline v0::media
