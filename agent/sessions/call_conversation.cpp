#include <offhook/agent/sessions/call_conversation.hpp>

#include <utility>

namespace offhook::inline v0::agent {

void CallConversation::begin(Preparation preparation) {
  thread_.post([self = shared_from_this(), preparation = std::move(preparation)] {
    if (self->ended_) return;
    self->preparing_ = preparation([weak = self->weak_from_this()](const ConversationPlan& plan) {
      const auto call = weak.lock();
      if (call && !call->ended_ && !call->bridge_) call->start_bridge(plan);
    });
  });
}

void CallConversation::start_bridge(const ConversationPlan& plan) {
  bridge_ = std::make_shared<Bridge>(plan.session(wake()), plan.tools ? plan.tools() : nullptr, port_, control_, observer_, plan.options);
  thread_.add(bridge_);
  SessionContext context = plan.context;
  context.call = context_;
  bridge_->start(std::move(context), base::Clock::now());
  if (connected_) {  // The call was answered before the preparation was complete.
    reports_.log.service(reports_.notes->snapshot().service);
    bridge_->on_connected(base::Clock::now());
  }
  if (held_) bridge_->on_peer_hold(true, base::Clock::now());
  if (!other_caller_.empty()) bridge_->on_other_caller(std::exchange(other_caller_, {}), base::Clock::now());
}

Wake CallConversation::wake() {
  return [weak = weak_from_this(), &thread = thread_] {
    thread.post([weak] {
      const auto self = weak.lock();
      if (self && self->bridge_) self->bridge_->on_wake(base::Clock::now());
    });
  };
}

template <class Task>
void CallConversation::with_bridge(Task task) {
  thread_.post([self = shared_from_this(), task = std::move(task)] {
    if (self->bridge_) task(*self->bridge_);
  });
}

void CallConversation::on_connected(bool is_service_logged) {
  thread_.post([self = shared_from_this(), is_service_logged] {
    self->connected_ = true;
    if (!self->bridge_) return;
    if (!is_service_logged) self->reports_.log.service(self->reports_.notes->snapshot().service);
    self->bridge_->on_connected(base::Clock::now());
  });
}

void CallConversation::on_peer_hold(bool holds) {
  thread_.post([self = shared_from_this(), holds] {
    self->held_ = holds;
    if (self->bridge_) self->bridge_->on_peer_hold(holds, base::Clock::now());
  });
}

void CallConversation::on_other_caller(std::string who) {
  thread_.post([self = shared_from_this(), who = std::move(who)] {
    if (self->bridge_) return self->bridge_->on_other_caller(who, base::Clock::now());
    self->other_caller_ = who;
  });
}

void CallConversation::on_key(char key) {
  with_bridge([key](Bridge& bridge) { bridge.on_key(key, base::Clock::now()); });
}

void CallConversation::on_transfer_failed(AfterTransfer caller) {
  with_bridge([caller](Bridge& bridge) { bridge.on_transfer_failed(caller, base::Clock::now()); });
}

std::shared_ptr<const std::atomic<bool>> CallConversation::close(std::string why, std::string farewell) {
  auto begun = std::make_shared<std::atomic<bool>>(false);
  thread_.post([self = shared_from_this(), begun, why = std::move(why), farewell = std::move(farewell)] {
    *begun = true;
    if (self->bridge_) return self->bridge_->close(why, farewell, base::Clock::now());
    if (!self->ended_) self->control_.hang_up(why);  // The conversation has not begun.
  });
  return begun;
}

void CallConversation::shut_down() {
  thread_.post([self = shared_from_this()] {
    if (self->bridge_) return self->bridge_->shut_down(base::Clock::now());
    if (!self->ended_) self->control_.hang_up("shutdown");  // The conversation has not begun.
  });
}

void CallConversation::finish() {
  ended_ = true;
  preparing_.reset();
  if (!bridge_) return;
  bridge_->on_ended();
  if (const auto lost = bridge_->overflow(); lost.digits + lost.samples != 0) {
    reports_.log.overflow(lost.digits, lost.samples);
  }
  thread_.remove(bridge_);
  bridge_.reset();
}

void CallConversation::end(std::function<void()> afterwards) {
  thread_.post([self = shared_from_this(), afterwards = std::move(afterwards)] {
    self->finish();
    afterwards();
  });
}

}  // namespace offhook::inline v0::agent
