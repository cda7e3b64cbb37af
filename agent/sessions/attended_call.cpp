#include <offhook/agent/sessions/attended_call.hpp>

#include <offhook/agent/sessions/other_caller.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace offhook::inline v0::agent {

namespace {
constexpr base::Duration kCloseLimit = std::chrono::seconds(2);  // delay of the conversation thread at which the network's thread ends the call itself
}

AttendedCall::AttendedCall(const Parts& parts) : network_(parts.network), id_(parts.context.call_id), reports_(parts.reports), transfer_(parts.transfer) {
  if (reports_.recording) port_->recording = reports_.recording->tap();
}

std::shared_ptr<AttendedCall> AttendedCall::make(Parts parts) {
  std::shared_ptr<AttendedCall> call(new AttendedCall(parts));
  call->conversation_ =
      std::make_shared<CallConversation>(parts.thread, std::move(parts.context), call->port_, call->control(), call->reports_, std::move(parts.observer));
  return call;
}

/// Returns a function for the conversation thread, which posts `operation` to the thread of the leg.
template <class Operation>
auto AttendedCall::on_leg(Operation operation) {
  return [weak = weak_from_this(), &network = network_, operation](auto... arguments) {
    network.post([weak, operation, arguments...] {
      const auto self = weak.lock();
      if (self && self->leg_) operation(*self, arguments...);
    });
  };
}

CallControl AttendedCall::control() {
  CallControl control;
  control.answer = on_leg([](AttendedCall& self) {
    if (self.leg_->outgoing()) return;
    if (const auto answered = self.leg_->answer(); !answered) self.reports_.log.answer_failed(answered.error().detail);
  });
  control.hang_up = on_leg([](AttendedCall& self, const std::string& why) { (void)self.leg_->hang_up(why); });
  control.transfer = on_leg([](AttendedCall& self, const std::string& target) { self.begin_transfer(target); });
  control.hold = on_leg([](AttendedCall& self, bool on) {
    if (const auto asked = self.leg_->hold(on); !asked) self.reports_.log.hold_failed(on, asked.error().detail);
  });
  if (!reports_.recording) return control;
  control.stop_recording = [reports = reports_] {
    reports.recording->stop();
    reports.log.recording_stopped("the caller did not hear the whole notice");
  };
  return control;
}

void AttendedCall::begin_transfer(const std::string& target) {
  const auto asked = transfer_(leg_, target);
  if (asked) return;
  reports_.log.transfer_failed(asked.error().detail);
  conversation_->on_transfer_failed(AfterTransfer::Stays);
}

void AttendedCall::on_connected(bool is_service_logged) {
  connected_at_ = base::Clock::now();
  conversation_->on_connected(is_service_logged);
}

void AttendedCall::on_transferred() {
  (void)leg_->hang_up("transferred");  // For SIP, RFC 5589 section 6.1: the transferor ends its leg when the transfer has succeeded.
}

bool AttendedCall::on_person(const call::Party& person) {
  if (person.number == person_) return false;
  person_ = person.number;
  conversation_->on_other_caller(named_for_model(person));
  return true;
}

void AttendedCall::close(const std::string& why, std::string farewell) {
  const auto begun = conversation_->close(why, std::move(farewell));
  // If the conversation thread is blocked, the thread of the network hangs up: the caller must not stay on a silent line.
  const auto patience = std::max<base::Duration>(kCloseLimit - conversation_->late(base::Clock::now()), base::Duration::zero());
  network_.post_after(patience, [weak = weak_from_this(), begun, why] {
    const auto self = weak.lock();
    if (self && self->leg_ && !*begun) (void)self->leg_->hang_up(why);
  });
}

std::chrono::steady_clock::duration AttendedCall::up_for() const {
  return connected_at_ ? base::Clock::now() - *connected_at_ : base::Duration::zero();
}

}  // namespace offhook::inline v0::agent
