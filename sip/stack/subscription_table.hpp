#pragma once

#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/stack/deadlines.hpp>
#include <offhook/sip/stack/dialog_index.hpp>
#include <offhook/sip/stack/outside.hpp>
#include <offhook/sip/stack/subscriptions.hpp>
#include <offhook/sip/subscription/notifier.hpp>
#include <offhook/sip/subscription/subscriber.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace offhook::inline v0::sip {

/// All subscriptions: ours, and the subscriptions that peers made with us. Finds the subscription for a request, a response or an
/// operation, and carries out its actions.
class SubscriptionTable {
 public:
  SubscriptionTable(StackParts parts, std::uint64_t first_id);
  ~SubscriptionTable();

  // For requests that have a transaction and passed inspect().
  void on_subscribe(TransactionId id, base::TimePoint now);    ///< outside any dialog
  void on_unsolicited(TransactionId id, base::TimePoint now);  ///< a NOTIFY outside any dialog
  void on_in_dialog(TransactionId id, base::TimePoint now);    ///< in a dialog for which knows() returned true
  [[nodiscard]] bool knows(const Message& in_dialog) const;
  void on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now);
  void on_flow_failed(const Flow& flow, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return deadlines_.next(); }

  // For the operations of the layer above (Subscriptions).
  struct Entry;
  [[nodiscard]] const StackParts& parts() const { return parts_; }
  [[nodiscard]] Entry* find(SubscriptionId id) const;
  [[nodiscard]] bool is_full() const { return ours_ >= kMaxSubscriptions; }
  Entry& add_own(AccountId account);
  void carry_out(Entry& entry, subscription::Actions actions, base::TimePoint now);

  [[nodiscard]] std::string contact(std::uint64_t id, const Flow& flow) const;
  [[nodiscard]] std::optional<Flow> way(std::uint64_t id) const;  ///< flow of the subscription's last message
  [[nodiscard]] bool uses(const Flow& flow) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t timers() const { return deadlines_.size(); }
  [[nodiscard]] bool is_consistent() const;

 private:
  [[nodiscard]] Entry* find(const Message& in_dialog) const;
  Entry& add(std::optional<AccountId> account, std::string user);
  [[nodiscard]] const PackageOptions* package_of(const Message& subscribe) const;
  [[nodiscard]] bool has_room(const PackageOptions& package, const Flow& flow, std::optional<AccountId> account) const;
  void report_received(const Entry& entry, TransactionId id, std::chrono::seconds granted);
  void respond(const Entry& entry, const subscription::Respond& response, base::TimePoint now);
  void send(const Entry& entry, subscription::Send request, base::TimePoint now);
  void index(Entry& entry);

  StackParts parts_;
  std::uint64_t last_id_;
  std::size_t ours_ = 0;  // Number of our own subscriptions among the entries.
  std::unordered_map<SubscriptionId, std::unique_ptr<Entry>> entries_;
  DialogIndex<SubscriptionId> by_dialog_;
  Deadlines<SubscriptionId> deadlines_;
};

struct SubscriptionTable::Entry {
  SubscriptionId id;
  std::optional<AccountId> account;
  std::string user;  // User part of our Contact if there is no account.
  std::unique_ptr<subscription::Subscriber> ours;    // Exactly one of these two is set.
  std::unique_ptr<subscription::Notifier> watcher;
  std::pair<std::string, std::string> name;          // Key of this entry in by_dialog_: Call-ID and our tag.
  base::IpAddress source;                            // For a watcher: the source of its SUBSCRIBE.
  std::optional<DigestClient> digest;                // For this subscription only, as for a call.
  std::optional<Flow> way;                           // Flow of the last request or response.
  [[nodiscard]] bool is_over() const { return ours ? ours->is_over() : watcher->is_over(); }
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const {
    return ours ? ours->next_deadline() : watcher->next_deadline();
  }
};

}  // namespace offhook::inline v0::sip
