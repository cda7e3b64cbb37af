#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/auth/credentials.hpp>
#include <offhook/sip/flow.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/registration/stale_binding.hpp>
#include <offhook/sip/session/redirections.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace offhook::inline v0::sip::registration {

/// As RegistrationChanged::Why of the stack, in the same order.
enum class Why : std::uint8_t { None, WrongCredentials, Refused, NoAnswer, Unresolvable, Unreachable };
[[nodiscard]] std::string_view to_string(Why why);

/// Build and send a REGISTER in a new transaction: find the route, ask on_route() for the Contact value, then write Call-ID,
/// CSeq, Contact, `Expires: expires` and the authorizations as they stand here. Exactly one of on_response (with its final
/// response) and on_failure must follow; provisional responses may be fed too.
struct SendRegister {
  std::string call_id;               ///< The same over the machine's life: RFC 3261 section 10.2.
  std::uint32_t cseq = 0;            ///< Rises by one for each.
  std::chrono::seconds expires{};    ///< 0: de-registers
  Authorizations authorizations;
  std::string registrar;             ///< Request-URI: Options::registrar, or where that has redirected us to
};
/// Once for every 2xx, so after each refresh too.
struct Registered {
  std::chrono::seconds expires{};    ///< as the registrar granted it
  std::string contact;               ///< our URI, as it is registered
};
struct Failed {
  Why why = Why::None;
  int status = 0;                    ///< the final response, 0 when there was none
  std::string reason;                ///< its phrase
  base::Duration retry_in{};         ///< it always tries again by itself, until stop()
};
/// The end of stop(). The last action until the next start().
struct Unregistered {};

using Action = std::variant<SendRegister, Registered, Failed, Unregistered>;
using Actions = std::vector<Action>;  ///< Carried out in order by the owner.

struct Options {
  std::string registrar;             ///< Request-URI of the REGISTER, which the digest covers
  std::string user;                  ///< user part of our Contact, escaped as it is written
  std::chrono::seconds expires{300};
  bool learn_contact = true;         ///< put the address that the registrar sees us at into the Contact
  std::string push_params{};         ///< of our Contact's URI, each with its semicolon; "": no push notifications (RFC 8599)
  std::string instance{};            ///< a URN; "" for none: RFC 5626 section 4.1
  std::uint32_t reg_id = 0;          ///< 0: none
  bool secure = false;               ///< the registrar is reached by TLS: no redirection leads away from that
  /// The longest time between two REGISTERs while registered, so that a registrar that has lost the binding has it again after that time. 0: by the grant
  /// alone. At least kMinRefreshWithin.
  std::chrono::seconds refresh_within{0};
  StaleBinding stale = StaleBinding::Kept;  ///< for a binding without reg-id
};

/// One account's registration at one registrar: RFC 3261 section 10.2, refreshed for as long as it runs. Pure: no I/O, no clock.
class Registration {
 public:
  enum class State : std::uint8_t {
    Unregistered,   // before start() and after stop()
    Registering,    // a REGISTER is on its way
    Registered,     // and refreshes when due
    Waiting,        // failed; tries again when due
    Unregistering,  // stop() was called
  };
  enum class Failure : std::uint8_t { Timeout, Transport, Unresolvable };

  /// After the n-th failure in a row: 50 to 100 % of base * 2^n, at most of max (RFC 5626 section 4.5).
  /// Deviation: the section's own times are for flows, which others may stand in for. Without a reg-id nobody does, and we are back sooner.
  static constexpr base::Duration kBackoffBase = std::chrono::seconds(1);
  static constexpr base::Duration kBackoffMax = std::chrono::seconds(300);
  static constexpr base::Duration kFlowBackoffBase = std::chrono::seconds(30);
  static constexpr base::Duration kFlowBackoffBaseOthersHold = std::chrono::seconds(90);  ///< while another flow is registered
  static constexpr base::Duration kFlowBackoffMax = std::chrono::seconds(1800);
  /// After wrong credentials, a 403, or a challenge that we cannot answer; and up to a fifth later.
  static constexpr base::Duration kCredentialsRetry = std::chrono::seconds(300);
  /// Retry-After is believed up to this (RFC 5626 section 4.5, max-time).
  static constexpr std::chrono::seconds kRetryAfterMax{1800};
  /// Re-registers at a random moment within this after a lost flow.
  static constexpr base::Duration kFlowLostDelay = std::chrono::seconds(2);
  /// Once a connection is lost sooner than this after its 2xx, and the next one too, we come back half as often each time.
  static constexpr base::Duration kFlowStands = std::chrono::seconds(10);
  /// stop() ends within this in any case.
  static constexpr base::Duration kStopLimit = std::chrono::seconds(32);
  /// A refresh starts one whole transaction (64 * T1) before expiry, where the grant is long enough.
  static constexpr base::Duration kRefreshMargin = std::chrono::seconds(32);
  /// Longer grants are refreshed as if they were this, and no Min-Expires above it is obeyed.
  static constexpr std::chrono::seconds kMaxExpires{86400};
  /// Not even a grant of one second is refreshed faster than this.
  static constexpr base::Duration kMinRefresh = std::chrono::milliseconds(500);
  static constexpr std::chrono::seconds kMinRefreshWithin{10};
  static constexpr int kMaxClearings = 1;            ///< removals that a registrar refuses before it is asked to register without one
  static constexpr int kMaxIntervalRetries = 2;      ///< 423 answered at once, in a row.
  static constexpr std::size_t kMaxBindings = 64;    ///< Contacts read from a 2xx.

  /// `digest` and `random` must outlive this. The digest client is the registration's alone.
  Registration(Options options, DigestClient& digest, base::Random& random);
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  void start(base::TimePoint now, Actions& out);
  void stop(base::TimePoint now, Actions& out);
  /// The REGISTER just asked for leaves from `local`; port 0: from a connection's own end, which is not known yet. `nowhere`: the host
  /// to name instead, over a WebSocket that we have opened. Returns the value of its Contact field: our URI with its expires, and an
  /// older URI of ours with expires=0 when that one is still registered.
  [[nodiscard]] std::string on_route(Transport transport, const base::SocketAddress& local,
                                     std::string_view nowhere = {});
  /// The connection whose response comes next has its end here. Where nobody listens this is what a Contact has to name: a proxy
  /// that looks for a connection to that address then finds the one that we opened.
  void on_connected(const base::SocketAddress& own_end);
  void on_response(const Message& response, base::TimePoint now, Actions& out);
  void on_failure(Failure failure, base::TimePoint now, Actions& out);
  /// The connection over which we are reachable broke, or the network changed.
  void on_flow_lost(base::TimePoint now, Actions& out);
  /// The flow has shown that it works both ways, or need not: until then its loss counts as a failure (RFC 5626 section 4.5).
  void on_flow_proven();
  /// Whether another flow of the same instance is registered: this one may take its time.
  void set_others_hold(bool hold) { others_hold_ = hold; }
  /// At once, not when it is due: the network has changed, or a push notification came (RFC 8599 section 4.1.3).
  void refresh(Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] State state() const { return state_; }
  /// The URI in our Contact, without <>; "" before the first on_route(). Dialogs of this account use it too.
  [[nodiscard]] const std::string& contact() const { return contact_; }
  /// What the registrar gave us to be reached by from anywhere, while it holds: RFC 5627 section 4.2. "" for none.
  [[nodiscard]] const std::string& gruu() const { return gruu_; }
  /// The same without our name, for calls that withhold it: RFC 5627 section 4.4. A new one comes with each 2xx. "" for none.
  [[nodiscard]] const std::string& temp_gruu() const { return temp_gruu_; }
  /// The registrar keeps to the flow that we opened: RFC 5626 section 4.2.1.
  [[nodiscard]] bool has_outbound() const { return outbound_; }
  /// The address inside contact(): learnt or local.
  [[nodiscard]] const std::optional<base::SocketAddress>& contact_address() const { return contact_address_; }
  [[nodiscard]] bool is_consistent() const;

 private:
  void send_first(Actions& out);
  [[nodiscard]] std::string binding(const std::string& uri, std::chrono::seconds expires) const;
  void send(Authorizations authorizations, Actions& out);
  void on_accepted(const Message& response, base::TimePoint now, Actions& out);
  void on_cleared(const Message& response, Actions& out);
  void on_redirected(const Message& response, base::TimePoint now, Actions& out);
  void on_challenged(const Message& response, base::TimePoint now, Actions& out);
  void on_interval_too_brief(const Message& response, base::TimePoint now, Actions& out);
  void forget_gruus();
  void refuse(Why why, const Message& response, base::TimePoint now, Actions& out, base::Duration at_least = {});
  void fail(Failed failed, base::TimePoint now, Actions& out);
  void remove(Actions& out);
  void end(Actions& out);
  [[nodiscard]] bool learn(const Message& response);
  void forget_connection();
  [[nodiscard]] base::Duration after_lost_flow(base::TimePoint now);
  [[nodiscard]] base::Duration backoff();
  [[nodiscard]] base::Duration doubled(base::Duration wait, int times, base::Duration most);
  [[nodiscard]] base::Duration refresh_after(std::chrono::seconds expires, base::Duration margin);
  [[nodiscard]] base::Duration uniform(base::Duration low, base::Duration high);

  Options options_;
  DigestClient& digest_;
  base::Random& random_;
  State state_ = State::Unregistered;
  std::string call_id_;
  std::uint32_t cseq_ = 0;
  bool in_flight_ = false;                              // A REGISTER waits for its final response: section 10.2 allows one.
  bool removing_ = false;                               // That one has Expires 0, because of stop().
  bool stale_ = false;                                  // The next one removes a binding from before.
  bool clearing_ = false;                               // The one in flight does.
  int clearings_failed_ = 0;                            // By a refusal, since the last 2xx: kMaxClearings end the attempts.
  bool relearnt_ = false;                               // It was sent because of a learnt address: it teaches no other at once.
  std::chrono::seconds asked_;                          // What we ask for, raised by 423.
  int interval_retries_ = 0;
  int failures_ = 0;                                    // In a row.
  int lost_early_ = 0;                                  // Connections in a row that did not stand.
  std::optional<base::TimePoint> accepted_at_;          // The last 2xx, while its connection stands.
  AuthAttempt attempt_;
  session::Redirections redirections_;                  // Of this REGISTER and its repeats.
  std::string target_;                                  // Its Request-URI.
  Transport transport_ = Transport::Udp;
  std::optional<base::SocketAddress> local_;            // Where the last REGISTER left from.
  bool listens_ = true;                                 // There; otherwise it is, or will be, own_end_.
  std::optional<base::SocketAddress> own_end_;          // Of the connection, where nobody listens.
  std::optional<base::SocketAddress> learnt_;           // What the registrar sees instead of local_.
  std::optional<base::SocketAddress> contact_address_;
  std::string contact_;                                 // In the last REGISTER.
  std::string gruu_, temp_gruu_;
  bool flow_proven_ = false;
  bool others_hold_ = false;
  bool outbound_ = false;
  std::string registered_;                              // In the last one that was accepted; "" when none is in force.
  std::optional<base::TimePoint> act_at_;               // Refresh or retry.
  std::optional<base::TimePoint> stop_at_;              // The end of stop().
};

}  // namespace offhook::inline v0::sip::registration
