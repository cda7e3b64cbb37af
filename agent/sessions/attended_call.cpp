#include <offhook/agent/sessions/attended_call.hpp>

#include <offhook/agent/sessions/other_caller.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>

namespace offhook::inline v0::agent {

namespace {
constexpr base::Duration kCloseLimit = std::chrono::seconds(2);  // a conversation thread that is later than this does not end its calls
}

AttendedCall::AttendedCall(phone::Endpoint& endpoint, ConversationThread& thread, phone::CallPtr call, CallContext context, Observer observer)
    : endpoint_(endpoint), thread_(thread), call_(std::move(call)), context_(std::move(context)), log_(context_.call_id), observer_(std::move(observer)) {}

void AttendedCall::set_recording(std::shared_ptr<recordings::CallRecording> recording) {
  recording_ = std::move(recording);
  port_->recording = recording_ ? recording_->tap() : nullptr;
}

void AttendedCall::begin(Preparation preparation) {
  thread_.post([self = shared_from_this(), preparation = std::move(preparation)] {
    if (self->ended_) return;
    self->preparing_ = preparation([weak = self->weak_from_this()](const ConversationPlan& plan) {
      const auto call = weak.lock();
      if (call && !call->ended_ && !call->bridge_) call->start_bridge(plan);
    });
  });
}

void AttendedCall::start_bridge(const ConversationPlan& plan) {
  bridge_ = std::make_shared<Bridge>(plan.session(wake()), plan.tools ? plan.tools() : nullptr, port_, control(), observer_, plan.options);
  thread_.add(bridge_);
  SessionContext context = plan.context;
  context.call = context_;
  bridge_->start(std::move(context), base::Clock::now());
  if (connected_) {  // The called person answered before the preparation was complete.
    log_.service(notes_->snapshot().service);
    bridge_->on_connected(base::Clock::now());
  }
  if (held_) bridge_->on_peer_hold(true, base::Clock::now());
  if (!other_caller_.empty()) bridge_->on_other_caller(std::exchange(other_caller_, {}), base::Clock::now());
}

Wake AttendedCall::wake() {
  return [weak = weak_from_this(), &thread = thread_] {
    thread.post([weak] {
      const auto self = weak.lock();
      if (self && self->bridge_) self->bridge_->on_wake(base::Clock::now());
    });
  };
}

CallControl AttendedCall::control() {
  const auto weak = weak_from_this();
  const auto recording = recording_;
  const auto on_call = [weak, &endpoint = endpoint_](auto operation) {
    endpoint.post([weak, operation] {
      const auto self = weak.lock();
      if (self && self->call_) operation(*self);
    });
  };
  CallControl control{
      [on_call] {
        on_call([](AttendedCall& self) {
          if (!self.prepared_) return;
          if (const auto answered = self.call_->answer(*std::exchange(self.prepared_, std::nullopt)); !answered) self.log_.answer_failed(answered.error().detail);
        });
      },
      [on_call](std::string why) {
        on_call([why](AttendedCall& self) {
          self.hang_up_why_ = why;
          (void)self.call_->hang_up();
        });
      },
      [on_call](std::string target) {
        on_call([target](AttendedCall& self) {
          if (const auto asked = self.transfer_ ? self.transfer_(self.call_, target) : self.call_->transfer(target); !asked) {
            self.log_.transfer_failed(asked.error().detail);
            self.on_transfer_failed(AfterTransfer::Stays);
          }
        });
      },
      [on_call](bool on) {
        on_call([on](AttendedCall& self) {
          if (const auto asked = on ? self.call_->hold() : self.call_->resume(); !asked) {
            self.log_.hold_failed(on, asked.error().detail);
          }
        });
      },
  };
  if (!recording) return control;
  control.stop_recording = [recording, log = log_] {
    recording->stop();
    log.recording_stopped("the caller did not hear the whole notice");
  };
  return control;
}

void AttendedCall::on_connected(bool is_service_logged) {
  connected_at_ = base::Clock::now();
  thread_.post([self = shared_from_this(), is_service_logged] {
    self->connected_ = true;
    if (!self->bridge_) return;
    if (!is_service_logged) self->log_.service(self->notes_->snapshot().service);
    self->bridge_->on_connected(base::Clock::now());
  });
}

void AttendedCall::on_transferred() {
  hang_up_why_ = "transferred";
  (void)call_->hang_up();  // RFC 5589 section 6.1: the transferor's leg ends when the target was reached.
}

void AttendedCall::on_transfer_failed(AfterTransfer caller) {
  thread_.post([self = shared_from_this(), caller] {
    if (self->bridge_) self->bridge_->on_transfer_failed(caller, base::Clock::now());
  });
}

void AttendedCall::on_peer_hold(bool holds) {
  thread_.post([self = shared_from_this(), holds] {
    self->held_ = holds;
    if (self->bridge_) self->bridge_->on_peer_hold(holds, base::Clock::now());
  });
}

bool AttendedCall::on_person(const sip::Party& person) {
  std::string number = user_of(person.uri);
  if (number == person_) return false;
  person_ = std::move(number);
  thread_.post([self = shared_from_this(), who = named_for_model(person)] {
    if (self->bridge_) return self->bridge_->on_other_caller(who, base::Clock::now());
    self->other_caller_ = who;
  });
  return true;
}

void AttendedCall::on_key(char key) {
  thread_.post([self = shared_from_this(), key] {
    if (self->bridge_) self->bridge_->on_key(key, base::Clock::now());
  });
}

void AttendedCall::close(const std::string& why, std::string farewell) {
  const auto begun = std::make_shared<std::atomic<bool>>(false);
  thread_.post([self = shared_from_this(), begun, why, farewell = std::move(farewell)] {
    *begun = true;
    if (self->bridge_) return self->bridge_->close(why, farewell, base::Clock::now());
    if (!self->ended_) self->control().hang_up(why);  // The conversation has not begun.
  });
  // The conversation thread may hang. The caller must not stay on the line then, so the signalling thread hangs up.
  const auto patience = std::max<base::Duration>(kCloseLimit - thread_.late(base::Clock::now()), base::Duration::zero());
  endpoint_.post_after(patience, [weak = weak_from_this(), begun, why] {
    const auto self = weak.lock();
    if (!self || !self->call_ || *begun) return;
    self->hang_up_why_ = why;
    (void)self->call_->hang_up();
  });
}

void AttendedCall::shut_down() {
  thread_.post([self = shared_from_this()] {
    if (self->bridge_) return self->bridge_->shut_down(base::Clock::now());
    if (!self->ended_) self->control().hang_up("shutdown");  // The conversation has not begun.
  });
}

void AttendedCall::end_conversation() {
  ended_ = true;
  preparing_.reset();
  if (!bridge_) return;
  bridge_->on_ended();
  if (const auto lost = bridge_->overflow(); lost.digits + lost.samples != 0) {
    log_.overflow(lost.digits, lost.samples);
  }
  thread_.remove(bridge_);
  bridge_.reset();
}

void AttendedCall::on_finished(std::function<void()> afterwards) {
  thread_.post([self = shared_from_this(), afterwards = std::move(afterwards)] {
    self->end_conversation();
    if (afterwards) afterwards();
  });
}

std::chrono::steady_clock::duration AttendedCall::up_for() const {
  return connected_at_ ? base::Clock::now() - *connected_at_ : base::Duration::zero();
}

}  // namespace offhook::inline v0::agent
