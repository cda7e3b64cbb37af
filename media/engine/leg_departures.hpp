#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/engine/inbox.hpp>
#include <offhook/media/engine/leg.hpp>
#include <offhook/media/engine/leg_rows.hpp>
#include <offhook/media/engine/leg_ticker.hpp>
#include <offhook/media/engine/paced_queue.hpp>
#include <offhook/media/engine/relays.hpp>

#include <cstdint>
#include <vector>

namespace offhook::inline v0::media {

/// Removes legs from their rows: closes them, or moves them to another worker or conference. The kernel's work for these legs follows in order, a few
/// legs per phase. All functions except take_gone() belong to the worker's thread.
class LegDepartures {
 public:
  /// All arguments are borrowed, and must outlive this object.
  LegDepartures(Datagrams* datagrams, LegTicker& ticker, Relays& relays);

  /// Processes the orders of all legs of the row before any is ticked: closing a leg ends its relay, and the other leg may be in the same row.
  void apply_all(LegRow& row, base::TimePoint now);
  /// Call it at the end of a phase: removes the legs that move, and sends BYE for some of the closed legs.
  void end_phase(std::uint64_t tick, base::TimePoint now);
  /// Lets go of the legs for which the kernel has no more requests: gives moving legs to their next worker, and closes the sockets of some closed legs.
  void let_go();
  /// Removes a leg from its row at once, so that it is not ticked again, and queues it. end_phase() and let_go() later send its BYE and close its sockets,
  /// because this takes the kernel longer than a tick of the leg.
  void close(Leg& leg, base::TimePoint now);
  /// For the end of the worker: finish_moving() sends BYE for the legs that move, finish_closed() for all closed legs. Both end the legs' recordings.
  void finish_moving(base::TimePoint now);
  void finish_closed(base::TimePoint now);

  /// Returns true if no leg is leaving.
  [[nodiscard]] bool empty() const { return closing_.empty() && leaving_.empty() && released_.empty(); }
  /// Signalling thread. Returns the closed legs as a chain by `next_arriving`; the worker does not use them any more. Null if there are none.
  [[nodiscard]] Leg* take_gone() { return gone_.take_all(); }

 private:
  void apply(Leg& leg, std::uint8_t wishes, base::TimePoint now);
  void depart(Leg& leg, std::uint64_t tick);
  void say_goodbyes(base::TimePoint now);
  void remove(Leg& leg);
  static void take_slot(Leg& leg, LegSlot& next);
  static void leave_conference(Leg& leg);
  static void take_out(Leg& leg);
  static void hand_over(Leg& leg);

  Datagrams* datagrams_;
  LegTicker& ticker_;
  Relays& relays_;
  std::vector<Leg*> departing_;                  // legs that move at the end of the present phase
  PacedQueue<Leg> closing_{kMaxLegsPerWorker};   // legs that are removed from their rows, but have not sent BYE
  std::vector<Leg*> leaving_;                    // legs for which the kernel still has requests
  PacedQueue<Leg> released_{kMaxLegsPerWorker};  // legs without requests in the kernel, whose sockets must be closed
  Inbox<Leg> gone_;
};

}  // namespace offhook::inline v0::media
