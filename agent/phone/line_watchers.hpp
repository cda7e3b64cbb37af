#pragma once

#include <offhook/agent/phone/line.hpp>
#include <offhook/agent/phone/watch_options.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::phone {

/// Our lines, and who watches them: RFC 4235 with RFC 6665 section 4.2. Whoever has it shows it what happens to calls; it decides about
/// watchers by WatchOptions, or has its owner asked, and tells each of them what he may see. Each NOTIFY holds the whole line: it stands for
/// itself, so that one which was overtaken need not be sent (RFC 4235 section 4.3 takes whole documents at any time). No clock.
class LineWatchers {
 public:
  using DialogInfo = sip::packages::DialogInfo;
  /// After this a watcher is to ask again whose line is not there for now.
  static constexpr std::chrono::seconds kLater{60};

  struct Tell {
    std::function<void(sip::SubscribeReceived&)> asks;            ///< who is not allowed; decide() answers, perhaps at once
    std::function<void(const sip::SubscriptionChanged&)> left;    ///< one who was accepted, or had asked
  };
  /// `stack` offers package(), and outlives this.
  LineWatchers(sip::Stack& stack, WatchOptions options, Tell tell)
      : stack_(stack), options_(std::move(options)), tell_(std::move(tell)) {}

  /// What the stack has to offer for this.
  [[nodiscard]] static sip::PackageOptions package(const WatchOptions& options);

  void add_line(sip::AccountId account, std::string address, std::string display);
  /// Its watchers were told that it is closed; calls on it are told to nobody any more.
  void remove_line(sip::AccountId account);

  // What happens to calls.
  void dialled(sip::SessionId call, sip::AccountId account, std::string_view target, bool withheld, base::TimePoint now);
  void rang_in(const sip::IncomingCall& call, base::TimePoint now);
  void ringing(sip::SessionId call, base::TimePoint now);
  /// What the stack tells of calls, registrations and subscriptions.
  void see(const sip::Event& event, base::TimePoint now);

  void on_subscribe(sip::SubscribeReceived& event, base::TimePoint now);
  /// Nothing: he may not. Errors: UnknownSubscription, WrongState.
  base::Result<void, sip::StackError> decide(sip::SubscriptionId watcher, std::optional<View> view, base::TimePoint now);
  [[nodiscard]] std::size_t size() const { return watchers_.size(); }

 private:
  struct Watching {
    sip::AccountId account;
    std::string contact;                          // His own.
    std::optional<View> view{};                   // Nothing: he was not accepted yet.
    std::vector<DialogInfo::Dialog> told{};       // But for what had ended.
  };
  [[nodiscard]] std::optional<View> view_of(const sip::SubscribeReceived& event, const Line& line) const;
  [[nodiscard]] Line* line_with(sip::SessionId call, sip::AccountId& account);
  template <class Do>
  void with_call(sip::SessionId call, base::TimePoint now, Do what);
  void on_ended(const sip::CallEnded& event, base::TimePoint now);
  void changed(sip::AccountId account, base::TimePoint now);
  void close(sip::AccountId account, base::TimePoint now);
  [[nodiscard]] static sip::Body document(const Line& line, std::vector<DialogInfo::Dialog> rows);

  sip::Stack& stack_;
  WatchOptions options_;
  Tell tell_;
  std::map<sip::AccountId, Line> lines_;
  std::map<sip::SubscriptionId, Watching> watchers_;  // In an order: it is the order that they are told in.
};

}  // namespace offhook::inline v0::phone
