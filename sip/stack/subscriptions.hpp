#pragma once

#include <offhook/sip/stack/deadlines.hpp>
#include <offhook/sip/stack/dialog_index.hpp>
#include <offhook/sip/stack/outside.hpp>
#include <offhook/sip/subscription/notifier.hpp>
#include <offhook/sip/subscription/subscriber.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace offhook::inline v0::sip {

/// All subscriptions, ours and those of peers to us. Finds the subscription for a request, a response or a command, and carries
/// out its actions.
class Subscriptions {
 public:
  Subscriptions(OutsideParts parts, std::uint64_t first_id);
  ~Subscriptions();

  // For requests that have a transaction and passed inspect().
  void on_subscribe(TransactionId id, base::TimePoint now);    ///< outside any dialog
  void on_unsolicited(TransactionId id, base::TimePoint now);  ///< a NOTIFY outside any dialog
  void on_in_dialog(TransactionId id, base::TimePoint now);    ///< in a dialog for which knows() returned true
  [[nodiscard]] bool knows(const Message& in_dialog) const;
  void on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now);
  void on_flow_failed(const Flow& flow, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return deadlines_.next(); }

  [[nodiscard]] base::Result<SubscriptionId, StackError> subscribe(SubscribeOptions options, base::TimePoint now);
  base::Result<void, StackError> refresh(SubscriptionId id, base::TimePoint now);
  base::Result<void, StackError> unsubscribe(SubscriptionId id, base::TimePoint now);
  base::Result<void, StackError> accept(SubscriptionId id, Body state, base::TimePoint now);
  base::Result<void, StackError> notify(SubscriptionId id, Body state, base::TimePoint now);
  base::Result<void, StackError> end(SubscriptionId id, SubscriptionChanged::Why reason,
                                     std::optional<std::chrono::seconds> retry_after, base::TimePoint now);

  [[nodiscard]] std::string contact(std::uint64_t id, const Flow& flow) const;
  [[nodiscard]] std::optional<Flow> way(std::uint64_t id) const;  ///< flow of its last message
  [[nodiscard]] bool uses(const Flow& flow) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t timers() const { return deadlines_.size(); }
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Entry;
  [[nodiscard]] Entry* find(SubscriptionId id) const;
  [[nodiscard]] Entry* find(const Message& in_dialog) const;
  Entry& add(std::optional<AccountId> account, std::string user);
  [[nodiscard]] const PackageOptions* package_of(const Message& subscribe) const;
  [[nodiscard]] bool has_room(const PackageOptions& package, const Flow& flow, std::optional<AccountId> account) const;
  void tell_received(const Entry& entry, TransactionId id, std::chrono::seconds granted);
  void carry_out(Entry& entry, subscription::Actions actions, base::TimePoint now);
  void respond(const Entry& entry, const subscription::Respond& response, base::TimePoint now);
  void send(const Entry& entry, subscription::Send request, base::TimePoint now);
  void index(Entry& entry);
  template <class Do>
  base::Result<void, StackError> command(SubscriptionId id, base::TimePoint now, Do what);

  OutsideParts parts_;
  std::uint64_t last_id_;
  std::size_t ours_ = 0;  // Number of our own subscriptions among the entries.
  std::unordered_map<SubscriptionId, std::unique_ptr<Entry>> entries_;
  DialogIndex<SubscriptionId> by_dialog_;
  Deadlines<SubscriptionId> deadlines_;
};

}  // namespace offhook::inline v0::sip
