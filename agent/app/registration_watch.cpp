#include <offhook/agent/app/registration_watch.hpp>

namespace offhook::inline v0::agent {

void RegistrationWatch::on_event(const sip::RegistrationChanged& event) {
  const std::lock_guard lock(mutex_);
  all_.on_event(event);
  has_result_ = has_result_ || event.state != sip::RegistrationChanged::State::Registering;
  has_succeeded_ = has_succeeded_ || all_.any_registered();
  has_failed_ = has_failed_ || all_.all_failed();
  if (all_.all_failed()) failure_ = all_.failure();
  is_password_refused_ = is_password_refused_ || (all_.all_refused() && !has_succeeded_);
}

bool RegistrationWatch::has_ended() const {
  const std::lock_guard lock(mutex_);
  return all_.all_ended();
}

std::string RegistrationWatch::failure() const {
  const std::lock_guard lock(mutex_);
  return has_failed_ ? failure_ : all_.failure();
}

}  // namespace offhook::inline v0::agent
