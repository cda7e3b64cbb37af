#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/auth/credentials.hpp>
#include <offhook/sip/dialog/redirections.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/model/flow.hpp>
#include <offhook/sip/registration/stale_binding.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace offhook::inline v0::sip::registration {

/// Has the same order as RegistrationChanged::Why of the stack.
enum class Why : std::uint8_t { None, WrongCredentials, Refused, NoAnswer, Unresolvable, Unreachable };
[[nodiscard]] std::string_view to_string(Why why);

/// Asks the owner to build and send a REGISTER in a new transaction. The owner finds the route and calls on_route() for the
/// Contact value. It then writes Call-ID, CSeq, Contact, `Expires: expires` and the authorizations as given here. The owner must
/// then call exactly one of on_response (with the final response) and on_failure; it may also pass in provisional responses.
struct SendRegister {
  std::string call_id;               ///< constant for the life of the Registration: RFC 3261 section 10.2
  std::uint32_t cseq = 0;            ///< increments by one for each REGISTER
  std::chrono::seconds expires{};    ///< 0: de-registers
  Authorizations authorizations;
  std::string registrar;             ///< Request-URI: Options::registrar, or the target of a redirection
};
/// Reports a 2xx, also after each refresh.
struct Registered {
  std::chrono::seconds expires{};    ///< the registrar's grant
  std::string contact;               ///< our URI, as registered
};
struct Failed {
  Why why = Why::None;
  int status = 0;                    ///< the final response, 0 if there was none
  std::string reason;                ///< its reason phrase
  base::Duration retry_in{};         ///< time until the next attempt; attempts continue until stop()
};
/// The end of stop(). No further action follows until the next start().
struct Unregistered {};

using Action = std::variant<SendRegister, Registered, Failed, Unregistered>;
using Actions = std::vector<Action>;  ///< the owner carries them out in order

struct Options {
  std::string registrar;             ///< Request-URI of the REGISTER; covered by the digest
  std::string user;                  ///< user part of our Contact, already escaped
  std::chrono::seconds expires{300};
  bool learn_contact = true;         ///< write the address that the registrar sees into the Contact
  std::string push_params{};         ///< parameters for our Contact's URI, each with its semicolon; "": no push notifications (RFC 8599)
  std::string instance{};            ///< a URN; "" for none: RFC 5626 section 4.1
  std::uint32_t reg_id = 0;          ///< 0: none
  bool secure = false;               ///< the registrar is reached by TLS; redirections to targets without TLS are refused
  /// Longest time between two REGISTERs while registered. A registrar that lost the binding has it again after that time. 0: only
  /// the grant counts. At least kMinRefreshWithin.
  std::chrono::seconds refresh_within{0};
  StaleBinding stale = StaleBinding::Kept;  ///< for a binding without reg-id
};

/// One account's registration at one registrar: RFC 3261 section 10.2. Refreshes it until stop(). Pure: no I/O, no clock.
class Registration {
 public:
  enum class State : std::uint8_t {
    Unregistered,   // before start() and after stop()
    Registering,    // a REGISTER waits for its response
    Registered,     // accepted; refreshes when due
    Waiting,        // failed; retries when due
    Unregistering,  // stop() was called
  };
  enum class Failure : std::uint8_t { Timeout, Transport, Unresolvable };

  /// Wait after the n-th consecutive failure: 50 to 100 % of base * 2^n, at most of max (RFC 5626 section 4.5).
  /// Deviation: that section's times are for flows, which other flows can replace. Without a reg-id nothing replaces a binding,
  /// so the waits are shorter.
  static constexpr base::Duration kBackoffBase = std::chrono::seconds(1);
  static constexpr base::Duration kBackoffMax = std::chrono::seconds(300);
  static constexpr base::Duration kFlowBackoffBase = std::chrono::seconds(30);
  static constexpr base::Duration kFlowBackoffBaseOthersHold = std::chrono::seconds(90);  ///< while another flow is registered
  static constexpr base::Duration kFlowBackoffMax = std::chrono::seconds(1800);
  /// Wait after wrong credentials, a 403, or a challenge that we cannot answer, plus up to a fifth.
  static constexpr base::Duration kCredentialsRetry = std::chrono::seconds(300);
  /// Upper bound of Retry-After (RFC 5626 section 4.5, max-time).
  static constexpr std::chrono::seconds kRetryAfterMax{1800};
  /// After a lost flow, re-registers at a random moment within this time.
  static constexpr base::Duration kFlowLostDelay = std::chrono::seconds(2);
  /// If two consecutive connections are lost sooner than this after their 2xx, the wait doubles each time.
  static constexpr base::Duration kFlowStands = std::chrono::seconds(10);
  /// stop() ends within this time in any case.
  static constexpr base::Duration kStopLimit = std::chrono::seconds(32);
  /// A refresh starts one whole transaction (64 * T1) before expiry, if the grant is long enough.
  static constexpr base::Duration kRefreshMargin = std::chrono::seconds(32);
  /// Longer grants are refreshed as if they were this long. A larger Min-Expires is not followed.
  static constexpr std::chrono::seconds kMaxExpires{86400};
  /// Shortest time to a refresh, even for a grant of one second.
  static constexpr base::Duration kMinRefresh = std::chrono::milliseconds(500);
  static constexpr std::chrono::seconds kMinRefreshWithin{10};
  static constexpr int kMaxClearings = 1;            ///< refused removals, after which no further removal is tried
  static constexpr int kMaxIntervalRetries = 2;      ///< consecutive 423 responses that are followed at once
  static constexpr std::size_t kMaxBindings = 64;    ///< Contacts to read from a 2xx

  /// `digest` and `random` must outlive this object. No other object may use the digest client.
  Registration(Options options, DigestClient& digest, base::Random& random);
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  void start(base::TimePoint now, Actions& out);
  void stop(base::TimePoint now, Actions& out);
  /// Returns the Contact value of the REGISTER that was just requested: our URI with its expires, plus an older URI of ours with
  /// expires=0 if that is still registered. The REGISTER leaves from `local`; port 0 means from a connection's local end, which
  /// is not known yet. `nowhere` is the host to name instead, for a WebSocket that we opened.
  [[nodiscard]] std::string on_route(Transport transport, const base::SocketAddress& local,
                                     std::string_view nowhere = {});
  /// `own_end` is the local end of the connection over which the next response comes. The Contact names it if we do not listen on
  /// a port: a proxy that looks for a connection to that address then finds the one that we opened.
  void on_connected(const base::SocketAddress& own_end);
  void on_response(const Message& response, base::TimePoint now, Actions& out);
  void on_failure(Failure failure, base::TimePoint now, Actions& out);
  /// The connection over which we are reachable was lost, or the network changed.
  void on_flow_lost(base::TimePoint now, Actions& out);
  /// The flow has been proven to work in both directions, or needs no proof. Before that, its loss counts as a failure
  /// (RFC 5626 section 4.5).
  void on_flow_proven();
  /// Says whether another flow of the same instance is registered. Failed attempts then wait longer.
  void set_others_hold(bool hold) { others_hold_ = hold; }
  /// Refreshes at once: the network has changed, or a push notification arrived (RFC 8599 section 4.1.3).
  void refresh(Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] State state() const { return state_; }
  /// Returns the URI in our Contact, without <>; "" before the first on_route(). Dialogs of this account use it too.
  [[nodiscard]] const std::string& contact() const { return contact_; }
  /// Returns the GRUU, which the registrar assigned so that we are reachable from anywhere while registered:
  /// RFC 5627 section 4.2. "" if none.
  [[nodiscard]] const std::string& gruu() const { return gruu_; }
  /// Returns the temporary GRUU, which hides our name in anonymous calls: RFC 5627 section 4.4. Each 2xx brings a new one. "" if
  /// none.
  [[nodiscard]] const std::string& temp_gruu() const { return temp_gruu_; }
  /// Returns true if the registrar sends requests over the flow that we opened: RFC 5626 section 4.2.1.
  [[nodiscard]] bool has_outbound() const { return outbound_; }
  /// Returns the address in contact(), learnt or local.
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
  bool removing_ = false;                               // That REGISTER has Expires 0 because of stop().
  bool stale_ = false;                                  // The next REGISTER removes a binding of an earlier time.
  bool clearing_ = false;                               // The pending REGISTER removes such a binding.
  int clearings_failed_ = 0;                            // Refused removals since the last 2xx; after kMaxClearings, no removal is tried.
  bool relearnt_ = false;                               // The pending REGISTER was sent because of a learnt address; do not send
                                                        // another at once.
  std::chrono::seconds asked_;                          // Requested expiry; a 423 raises it.
  int interval_retries_ = 0;
  int failures_ = 0;                                    // Consecutive failures.
  int lost_early_ = 0;                                  // Consecutive connections that were lost early.
  std::optional<base::TimePoint> accepted_at_;          // Time of the last 2xx, while its connection exists.
  AuthAttempt attempt_;
  session::Redirections redirections_;                  // For this REGISTER and its repetitions.
  std::string target_;                                  // Request-URI of the REGISTER.
  Transport transport_ = Transport::Udp;
  std::optional<base::SocketAddress> local_;            // Local address of the last REGISTER.
  bool listens_ = true;                                 // We listen at local_; otherwise use own_end_.
  std::optional<base::SocketAddress> own_end_;          // Local end of the connection, if we do not listen.
  std::optional<base::SocketAddress> learnt_;           // The address that the registrar sees instead of local_.
  std::optional<base::SocketAddress> contact_address_;
  std::string contact_;                                 // As in the last REGISTER.
  std::string gruu_, temp_gruu_;
  bool flow_proven_ = false;
  bool others_hold_ = false;
  bool outbound_ = false;
  std::string registered_;                              // As in the last accepted REGISTER; "" if no binding is in force.
  std::optional<base::TimePoint> act_at_;               // Time of the refresh or retry.
  std::optional<base::TimePoint> stop_at_;              // Time limit of stop().
};

}  // namespace offhook::inline v0::sip::registration
