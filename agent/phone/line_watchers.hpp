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

/// The lines of this endpoint and their watchers: RFC 4235 with RFC 6665 section 4.2. The owner passes in the events of calls. This class
/// accepts or refuses watchers by WatchOptions, or passes the decision to the owner, and notifies each watcher of its view. Each NOTIFY has
/// the whole line. Therefore a NOTIFY that a newer one has overtaken need not be sent (RFC 4235 section 4.3 allows whole documents at any
/// time). Reads no clock.
class LineWatchers {
 public:
  using DialogInfo = sip::packages::DialogInfo;
  /// Time after which a watcher of an unregistered line should subscribe again.
  static constexpr std::chrono::seconds kLater{60};

  struct Emit {
    std::function<void(sip::SubscribeReceived&)> asks;            ///< asks the owner to decide() about a watcher that the options do not allow
    std::function<void(const sip::SubscriptionChanged&)> left;    ///< reports the end of a watcher that was accepted, or that waited
  };
  /// `stack` must offer package(), and must outlive this object.
  LineWatchers(sip::Stack& stack, WatchOptions options, Emit emit)
      : stack_(stack), options_(std::move(options)), emit_(std::move(emit)) {}

  /// Returns the package that the stack must offer.
  [[nodiscard]] static sip::PackageOptions package(const WatchOptions& options);

  void add_line(sip::AccountId account, std::string address, std::string display);
  /// Removes a line, so that its calls are not reported any more. Call it after the watchers of the line have had their last NOTIFY.
  void remove_line(sip::AccountId account);

  // Events of calls.
  void dialled(sip::SessionId call, sip::AccountId account, std::string_view target, bool withheld, base::TimePoint now);
  void rang_in(const sip::IncomingCall& call, base::TimePoint now);
  void ringing(sip::SessionId call, base::TimePoint now);
  /// Takes the stack's events of calls, registrations and subscriptions.
  void on_event(const sip::Event& event, base::TimePoint now);

  void on_subscribe(sip::SubscribeReceived& event, base::TimePoint now);
  /// Accepts a watcher with `view`, or refuses it (nullopt). Errors: UnknownSubscription, WrongState.
  base::Result<void, sip::StackError> decide(sip::SubscriptionId watcher, std::optional<View> view, base::TimePoint now);
  [[nodiscard]] std::size_t size() const { return watchers_.size(); }

 private:
  struct Watching {
    sip::AccountId account;
    std::string contact;                          // the watcher's own Contact
    std::optional<View> view{};                   // nullopt: not accepted yet
    std::vector<DialogInfo::Dialog> told{};       // rows of the last NOTIFY, without ended calls
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
  Emit emit_;
  std::map<sip::AccountId, Line> lines_;
  std::map<sip::SubscriptionId, Watching> watchers_;  // ordered, so that notifications go out in a fixed order
};

}  // namespace offhook::inline v0::phone
