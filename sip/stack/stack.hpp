#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/admission/admission_options.hpp>
#include <offhook/sip/auth/caller_options.hpp>
#include <offhook/sip/model/counters.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/stack/accounts.hpp>
#include <offhook/sip/stack/calls.hpp>
#include <offhook/sip/stack/publications.hpp>
#include <offhook/sip/stack/requests.hpp>
#include <offhook/sip/stack/subscriptions.hpp>
#include <offhook/sip/stack/transfers.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

struct StackOptions {
  std::uint32_t number = 1;          ///< number of this stack; its ids contain this number, so that several stacks may run side by side
  std::string user_agent = "Offhook";
  base::Duration t1 = std::chrono::milliseconds(500);  ///< RFC 3261 section 17.1.1.1
  base::Duration t2 = std::chrono::seconds(4);
  base::Duration t4 = std::chrono::seconds(5);
  /// A request of more octets uses TCP instead of UDP, and falls back to UDP if TCP fails (RFC 3261 section 18.1.1). If the path
  /// MTU is known, set 200 less than the MTU. 0: requests of all sizes stay on UDP.
  std::size_t datagram_limit = 1300;
  StackLimits limits{};              ///< bounds of the stack's tables
  std::vector<PackageOptions> packages{};  ///< empty: SUBSCRIBE is not allowed (405); any other package gets 489
  std::string message_types{};       ///< media types of MESSAGE, as in Accept: "text/plain"; "": MESSAGE is not allowed
  AdmissionOptions admission{};                ///< limits per source
  /// Authentication of callers other than our registrars. An authenticated caller is accepted even if accept_from excludes its
  /// address.
  CallerOptions callers{};
};

/// The response to an OPTIONS outside calls: RFC 3261 section 11.2.
struct Availability {
  /// Status that the owner would give a new INVITE: 200 to accept it, otherwise 486, 503 ...
  int status = 200;
  /// Header fields for our registrars, AccountOptions::trusted_peers and AdmissionOptions::peers. Other sources do not get them, because
  /// they need not know our state.
  HeaderList for_known{};
};

/// The number of objects in a stack, by kind. After all calls are over and 64 * T1 have passed, all are 0 except those of
/// registrations.
struct StackSizes {
  std::size_t transactions = 0, requests_sent = 0, requests_received = 0;
  std::size_t look_ups = 0, routes = 0;  ///< pending look-ups, and hops whose addresses a call remembers
  std::size_t legs = 0, subscriptions = 0, publications = 0, requests = 0, timers = 0;
  friend bool operator==(const StackSizes&, const StackSizes&) = default;
};

/// A complete SIP user agent as a pure state machine: transactions, dialogs, sessions and registrations behind one interface
/// (docs/architecture.md, "Cores do no I/O"). Pass in bytes, events and time; after each call, take the output of all poll functions.
/// Not thread-safe, but without global state: several stacks may run side by side.
class Stack {
 public:
  Stack(StackOptions options, base::Random& random);
  ~Stack();
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  // Input.
  void receive(const Flow& flow, base::Bytes message, base::TimePoint now);  ///< one datagram, or one framed stream message
  /// Call this when a flow could not be opened, or broke. A flow with id 0 is identified by transport and remote. `why` becomes the
  /// reason, as text for users, of registrations and calls that fail because of this.
  void on_flow_failed(const Flow& flow, base::TimePoint now, std::string_view why = {});
  void on_answer(QueryId query, QueryResult result, base::TimePoint now);
  void handle_timeout(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  // Output; call each until it returns nullopt.
  [[nodiscard]] std::optional<Transmit> poll_transmit();
  [[nodiscard]] std::optional<Query> poll_query();
  [[nodiscard]] std::optional<Event> poll_event();
  [[nodiscard]] std::optional<Flow> poll_close();  ///< a connection that does not respond any more: close it; on_flow_failed() follows

  /// Returns true if a request, a live call or a registration needs this connection, so that it should stay open while idle.
  [[nodiscard]] bool uses(const Flow& flow) const;
  /// Returns true for a registrar of ours, one of AccountOptions::trusted_peers, or of AdmissionOptions::peers.
  [[nodiscard]] bool is_known(const base::IpAddress& source) const;

  // Operations of the layer above, each in a header of its own. The references are valid as long as the stack.
  [[nodiscard]] Accounts& accounts() { return accounts_; }
  [[nodiscard]] Calls& calls() { return calls_; }
  [[nodiscard]] Transfers& transfers() { return transfers_; }
  [[nodiscard]] Subscriptions& subscriptions() { return subscriptions_; }
  [[nodiscard]] Publications& publications() { return publications_; }
  [[nodiscard]] Requests& requests() { return requests_; }

  // Life cycle.
  void set_accepting(bool accepting);  ///< false: new INVITEs and OPTIONS get 503 with Retry-After (drain)
  void set_availability(Availability availability);  ///< for the responses to OPTIONS; if the stack is full, it responds 503 instead
  /// Returns the number of unfinished obligations. These are calls that are not over or whose BYE waits for the caller's ACK, our
  /// requests without a final response, and refusals whose ACK has not arrived. At 0 the process may end: the remaining
  /// transactions only absorb retransmissions. Each obligation has a timer of at most 64 * T1 after all calls were hung up.
  [[nodiscard]] std::size_t unfinished() const;
  [[nodiscard]] StackSizes sizes() const;
  [[nodiscard]] const StackCounters& counters() const;
  [[nodiscard]] bool is_consistent() const;  ///< checks the invariants of all machines; tests and the fuzzer assert it

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
  Accounts accounts_;
  Calls calls_;
  Transfers transfers_;
  Subscriptions subscriptions_;
  Publications publications_;
  Requests requests_;
};

}  // namespace offhook::inline v0::sip
