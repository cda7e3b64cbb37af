#pragma once

#include <offhook/agent/app/registrations.hpp>

#include <cstddef>
#include <mutex>
#include <string>

namespace offhook::inline v0::agent {

/// Judges the registrations of one agent, for a thread that waits for their result. Events may come on another thread.
class RegistrationWatch {
 public:
  /// `accounts` is the number of accounts, including those that have had no event yet.
  explicit RegistrationWatch(std::size_t accounts) : all_(accounts) {}
  void on_event(const sip::RegistrationChanged& event);

  /// Returns true when a registrar has accepted or refused a registration, or an attempt has failed.
  [[nodiscard]] bool has_result() const { return read(has_result_); }
  /// Returns true when at least one registration has been active.
  [[nodiscard]] bool has_succeeded() const { return read(has_succeeded_); }
  /// Returns true if at some time all registrations had failed.
  [[nodiscard]] bool has_failed() const { return read(has_failed_); }
  /// Returns true if each registration has failed, at least one of them because of its password, and no registration was active before.
  [[nodiscard]] bool is_password_refused() const { return read(is_password_refused_); }
  /// Returns true when no registration is active or in progress.
  [[nodiscard]] bool has_ended() const;
  /// Returns why no registration is active, in words for people. If each registration had failed at one time, returns the reason of that time, even if a
  /// registration was ended later.
  [[nodiscard]] std::string failure() const;

 private:
  [[nodiscard]] bool read(const bool& verdict) const {
    const std::lock_guard lock(mutex_);
    return verdict;
  }

  mutable std::mutex mutex_;
  Registrations all_;
  std::string failure_;  // Registrations::failure() at the latest time when all registrations had failed
  bool has_result_ = false, has_succeeded_ = false, has_failed_ = false, is_password_refused_ = false;
};

}  // namespace offhook::inline v0::agent
