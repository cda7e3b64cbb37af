#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/sip/admission/admission_options.hpp>
#include <offhook/sip/auth/caller_options.hpp>
#include <offhook/sip/auth/challenge_options.hpp>
#include <offhook/sip/message/method.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/model/counters.hpp>
#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/registration/stale_binding.hpp>
#include <offhook/sip/session/reliability.hpp>
#include <offhook/sip/session/session_timer_options.hpp>
#include <offhook/sip/subscription/options.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

/// An event package to which peers may subscribe. The owner decides about each subscription (SubscribeReceived).
struct PackageOptions {
  std::string name;                  ///< for example "dialog"
  std::string type{};                ///< media type of the notified bodies; a SUBSCRIBE that does not accept it gets 406
  subscription::GrantOptions grant{};
  subscription::NotifyOptions notify{};
  std::size_t most = kMaxWatchers;   ///< bound of subscribers; further ones get 503
};

struct StackOptions {
  std::uint32_t number = 1;          ///< several stacks may run side by side; the ids that they make contain it
  std::string user_agent = "Offhook";
  base::Duration t1 = std::chrono::milliseconds(500);  ///< RFC 3261 section 17.1.1.1
  base::Duration t2 = std::chrono::seconds(4);
  base::Duration t4 = std::chrono::seconds(5);
  /// A request of more octets uses TCP instead of UDP, and falls back to UDP without TCP (RFC 3261 section 18.1.1). If the path
  /// MTU is known, set 200 less than that. 0: requests of all sizes stay on UDP.
  std::size_t datagram_limit = 1300;
  StackLimits limits{};              ///< bounds of the stack's tables
  std::vector<PackageOptions> packages{};  ///< empty: SUBSCRIBE is not allowed (405); any other package gets 489
  std::string message_types{};       ///< media types of MESSAGE, as in Accept: "text/plain"; "": MESSAGE is not allowed
  AdmissionOptions admission{};                ///< limits per source
  /// Authentication of callers other than our registrars; an authenticated caller is accepted whatever accept_from says.
  CallerOptions callers{};
};

/// One identity at one registrar.
struct AccountOptions {
  std::string address_of_record;     ///< for example "sip:6001@pbx.example"
  /// Request-URI of REGISTER, and next hop of calls: "sip:pbx.example[:port][;transport=tcp]". "": the domain of the address of
  /// record.
  std::string registrar;
  std::string display_name;
  std::string username;              ///< for digest; usually the extension
  std::string password;
  ChallengeOptions challenges{};     ///< selects the challenges that the password answers
  std::chrono::seconds expires{300};
  std::chrono::seconds refresh_within{0};  ///< as registration::Options::refresh_within
  registration::StaleBinding stale_binding = registration::StaleBinding::Kept;
  bool registers = true;             ///< false: an identity for calls only
  /// For an account that does not register: the servers of its trunk. The account accepts their calls whatever user they name,
  /// answers their challenges, and trusts their assertions, as a registrar's. At most kMaxTrunkAddresses; the rest is ignored.
  std::vector<base::IpAddress> trunk_addresses{};
  static constexpr std::size_t kMaxTrunkAddresses = 16;
  enum class AcceptFrom : std::uint8_t {
    /// The address to which a REGISTER was sent, and after a response all addresses of the registrar's name. Other sources get
    /// 403, or 480 before any REGISTER was sent, when no source can be known.
    Registrar,
    Anyone,
  };
  /// Selects the peers whose calls the account accepts. An account that neither registers nor names a trunk accepts calls from
  /// any peer.
  AcceptFrom accept_from = AcceptFrom::Registrar;
  SessionTimerOptions session_timer{};  ///< for its calls
  /// Accept NOTIFYs about waiting messages without a subscription, which Asterisk sends to registered phones. Only from the
  /// registrar (UnsolicitedNotify).
  bool takes_unsolicited_waiting = false;
  Reliability reliability = Reliability::Supported;  ///< 100rel in its calls
  std::vector<std::string> info_packages{};          ///< packages accepted in its calls (RFC 6086); others get 469
  /// Peers besides the registrar whose P-Asserted-Identity is trusted: trunks, session border controllers. RFC 3325 section 5
  std::vector<base::IpAddress> trusted_peers{};
  bool keep_alive = true;            ///< send pings to the registrar, for a NAT on the path: RFC 5626 section 3.5.1
  /// Server that requests outside dialogs pass first, including REGISTER: "sip:proxy.example[:port][;transport=tcp]".
  std::string outbound_proxy{};
  /// Further servers of the same registrar, in order. A request that one does not accept goes to the next one. At most
  /// OutboundRoute::kMaxSecondaries.
  std::vector<std::string> secondaries{};
  /// Server to use instead of the registrar's own, in the format of `registrar`. REGISTER and calls go there, with unchanged
  /// names. Accounts with the same address of record and different servers register at all of them at once. "": the registrar's
  /// own servers.
  std::string server{};
  /// "urn:uuid:...", unchanged after a restart. The registrar then recognises this device, and may give it a GRUU (RFC 5627).
  std::string instance{};
  /// 1, 2, ... for each flow of this instance. Accounts with the same instance and different outbound proxies register at several
  /// servers at once (RFC 5626). 0: none. Needs `instance`.
  std::uint32_t reg_id = 0;
  struct Push {                      ///< RFC 8599: the data that the registrar needs to send push notifications; provider "" for none
    std::string provider, prid, param;
  };
  Push push{};
};

/// The options of an outgoing call.
struct CallOptions {
  AccountId account;
  std::string target;                ///< Request-URI and To
  Body offer;
  HeaderList headers;
  bool through_registrar = true;     ///< false: directly to the target's host
  std::optional<SessionTimerOptions> session_timer{};  ///< instead of the account's
  std::optional<Reliability> reliability{};            ///< instead of the account's
  std::optional<Replaces> replaces{};                  ///< call at the target that this call replaces: RFC 3891
  /// The call whose TransferRequested caused this call. Its peer gets reports on this call, and Referred-By names the referrer.
  std::optional<SessionId> for_transfer{};
  /// any(): From is "Anonymous", and P-Preferred-Identity tells the registrar our identity (RFC 3325)
  Privacy privacy{};
  /// 3xx responses to follow, at most kMaxRedirections; 0: reported in CallEnded::contacts
  unsigned max_redirections = 0;
};

/// The options of our REFER: RFC 3515.
struct ReferOptions {
  std::string target{};  ///< Refer-To; "" with `replaces`: the target of that call's peer
  /// Attended transfer: our call with the target, which the transferee's call is to replace (RFC 3891).
  std::optional<SessionId> replaces{};
  bool reports = true;                       ///< false: request no reports of the outcome; the peer must support it (RFC 4488)
  std::optional<std::string> referred_by{};  ///< a URI (RFC 3892); nullopt: the account's address; "": omitted
  HeaderList headers{};
};

/// Additions of the phone layer to one request or response of a call.
struct Extras {
  HeaderList headers{};            ///< at most kMaxCustomHeaders, and none that the stack writes itself; otherwise BadHeader
  std::optional<Reason> reason{};  ///< RFC 3326
};

/// The options of our SUBSCRIBE, or of our REFER outside calls.
struct SubscribeOptions {
  AccountId account;
  /// Request-URI and To: the resource; for message-summary the account's own address
  std::string target;
  subscription::SubscriberOptions what{};
  bool through_registrar = true;     ///< false: directly to the target's host
};

/// A request outside calls that creates no dialog.
struct RequestOptions {
  AccountId account;
  Method method = Method::Options;   ///< OPTIONS, MESSAGE, INFO or PUBLISH; other methods give BadMethod
  std::string target;                ///< Request-URI and To
  HeaderList headers{};
  Body body{};
  bool through_registrar = true;     ///< false: directly to the target's host
};

/// A publication of event state (RFC 3903), kept alive until it is removed.
struct PublishOptions {
  AccountId account;
  std::string target;                ///< Request-URI and To: the resource, usually the account's own address
  std::string package;               ///< for example "presence", "dialog"; `;id=1` after it is kept
  Body state{};
  std::chrono::seconds expires{3600};
  bool through_registrar = true;     ///< false: directly to the target's host
  HeaderList headers{};              ///< added to each PUBLISH
};

/// The response to an OPTIONS outside calls: RFC 3261 section 11.2.
struct Availability {
  /// Status that the owner would give a new INVITE: 200 to accept it, otherwise 486, 503 ...
  int status = 200;
  /// Added for our registrars, trusted_peers and AdmissionOptions::peers only; other sources need not know our state.
  HeaderList for_known{};
};

/// Call-ID and our tag, which together are unique among our legs.
struct LegName { std::string call_id, local_tag; };
/// The dialog of a call. The peer's values are known once a side has accepted; for received calls at once.
struct DialogName { std::string call_id, local_tag, remote_tag, remote_target; };

/// The number of objects in a stack, by kind. After all calls are over and 64 * T1 have passed, all are 0 except those of
/// registrations.
struct StackSizes {
  std::size_t transactions = 0, requests_sent = 0, requests_received = 0;
  std::size_t look_ups = 0, routes = 0;  ///< pending look-ups, and hops whose addresses a call remembers
  std::size_t legs = 0, subscriptions = 0, publications = 0, requests = 0, timers = 0;
  friend bool operator==(const StackSizes&, const StackSizes&) = default;
};

enum class StackError : std::uint8_t { UnknownAccount, UnknownSession, WrongState, BadUri, Full, UnknownSubscription, BadEvent, BadMethod, TooLarge, BadHeader, UnknownPublication };
[[nodiscard]] std::string_view to_string(StackError error);

/// A complete SIP user agent as a pure state machine: transactions, dialogs, sessions and registrations behind one interface
/// (docs/architecture.md, "Cores do no I/O"). Pass in bytes, events and time; after each call, empty all polls. Not thread-safe,
/// no globals: several stacks may run side by side.
class Stack {
 public:
  Stack(StackOptions options, base::Random& random);
  ~Stack();
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  // Input.
  void receive(const Flow& flow, base::Bytes message, base::TimePoint now);  ///< one datagram, or one framed stream message
  /// The flow could not be opened, or broke. If its id is 0, it is identified by transport and remote. `why` becomes the reason,
  /// as text for users, of registrations and calls that fail because of it.
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

  // Registrations.
  AccountId add_account(AccountOptions options, base::TimePoint now);        ///< starts to register
  void unregister(AccountId account, base::TimePoint now);                   ///< ends in RegistrationChanged::Unregistered, within 32 s
  /// Unregisters the account. From now on it receives no requests and starts none (UnknownAccount). Its existing calls,
  /// subscriptions and requests continue; the account is deleted with the last of them.
  void remove_account(AccountId account, base::TimePoint now);
  [[nodiscard]] std::size_t accounts() const;                                ///< including removed accounts that are not deleted yet
  void refresh_registration(AccountId account, base::TimePoint now);         ///< at once: after a push notification, or a change
                                                                             ///< of the network

  // Calls. An operation on a session that has ended returns WrongState or UnknownSession.
  [[nodiscard]] base::Result<SessionId, StackError> call(CallOptions options, base::TimePoint now);
  /// Sends a provisional response, 101 to 199, with or without a description. Errors: also WrongState for any other status.
  base::Result<void, StackError> provisional(SessionId session, int status, Body body, base::TimePoint now, HeaderList headers = {});
  base::Result<void, StackError> ring(SessionId session, base::TimePoint now, HeaderList headers = {});                 ///< 180
  /// 183 with early media; acknowledged (RFC 3262) if the caller supports it
  base::Result<void, StackError> progress(SessionId session, Body body, base::TimePoint now, HeaderList headers = {});
  base::Result<void, StackError> answer(SessionId session, Body body, base::TimePoint now,
                                        Extras extras = {});  ///< 200, repeated until ACK
  base::Result<void, StackError> reject(SessionId session, int status, HeaderList headers, base::TimePoint now);
  /// Redirects with 300 to 399 and these URIs as Contacts, best first, at most kMaxContacts: RFC 3261 section 21.3. Errors: also
  /// BadUri (a bad URI, or no URI), TooLarge (too many), WrongState (another status).
  base::Result<void, StackError> redirect(SessionId session, const std::vector<std::string>& targets, base::TimePoint now,
                                          int status = 302, HeaderList headers = {});
  base::Result<void, StackError> hang_up(SessionId session, base::TimePoint now,
                                         Extras extras = {});  ///< sends CANCEL, BYE or a final response, by the call's state
  base::Result<void, StackError> offer(SessionId session, Body body, base::TimePoint now,
                                       Extras extras = {});  ///< re-INVITE; retried after 491 (RFC 3261 section 14.1)
  /// Sends an offer by UPDATE (RFC 3311), which the peer must answer at once. Ends in OfferAnswered or OfferRefused like offer().
  /// Before a 2xx it needs an offer that was answered reliably, and a peer that allows UPDATE; it uses the early dialog
  /// `branch_tag` ("": the first that allows it). In an established call, a peer that does not allow UPDATE gets a re-INVITE.
  base::Result<void, StackError> update(SessionId session, Body body, base::TimePoint now, Extras extras = {},
                                        std::string_view branch_tag = {});
  /// `branch_tag` is from OfferReceived, if several early dialogs of a fork have offers; "": the one that arrived first.
  base::Result<void, StackError> accept_offer(SessionId session, Body body, base::TimePoint now,
                                              std::string_view branch_tag = {});
  base::Result<void, StackError> refuse_offer(SessionId session, int status, base::TimePoint now,
                                              std::string_view branch_tag = {});  ///< for example 488; the session stays as it was

  /// Reports that another user of ours is connected now (RFC 4916 section 4.3): sends UPDATE, and changes our From. Errors: also
  /// BadUri, and WrongState if the peer does not support `from-change` or UPDATE, or another UPDATE of ours is pending.
  base::Result<void, StackError> identify(SessionId session, const Party& party, base::TimePoint now, HeaderList headers = {});

  /// Blind transfer, RFC 3515; ends in TransferProgress.
  base::Result<void, StackError> refer(SessionId session, std::string target, base::TimePoint now);
  base::Result<void, StackError> refer(SessionId session, ReferOptions options, base::TimePoint now);
  base::Result<void, StackError> accept_transfer(SessionId session, base::TimePoint now,
                                                 HeaderList headers = {});  ///< 202; then use call() with for_transfer, or
                                                                            ///< report_transfer()
  base::Result<void, StackError> decline_transfer(SessionId session, int status, base::TimePoint now,
                                                  HeaderList headers = {});  ///< for example 603
  base::Result<void, StackError> report_transfer(SessionId session, int status,
                                                 base::TimePoint now);  ///< NOTIFY; needed if the phone layer does not use call()

  // Requests within an established call; MidCallAnswered reports their outcome.
  base::Result<void, StackError> send_info(SessionId session, std::string package, Body body, base::TimePoint now,
                                           Extras extras = {});  ///< RFC 6086; package "": INFO without a package
  base::Result<void, StackError> send_text(SessionId session, Body body, base::TimePoint now, Extras extras = {});  ///< MESSAGE
  base::Result<void, StackError> probe(SessionId session, base::TimePoint now,
                                       Extras extras = {});  ///< OPTIONS: checks whether the peer still responds

  // Subscriptions (RFC 6665). They end in SubscriptionChanged::Ended.
  [[nodiscard]] base::Result<SubscriptionId, StackError> subscribe(SubscribeOptions options, base::TimePoint now);
  base::Result<void, StackError> refresh_subscription(SubscriptionId subscription, base::TimePoint now);  ///< requests the current state
  base::Result<void, StackError> unsubscribe(SubscriptionId subscription, base::TimePoint now);
  // Subscriptions of peers to us (SubscribeReceived). Each body must be the complete state.
  base::Result<void, StackError> accept_subscriber(SubscriptionId subscription, Body state, base::TimePoint now);
  base::Result<void, StackError> notify(SubscriptionId subscription, Body state, base::TimePoint now);
  base::Result<void, StackError> end_subscriber(SubscriptionId subscription, SubscriptionChanged::Why reason,
                                                std::optional<std::chrono::seconds> retry_after, base::TimePoint now);

  /// Starts a publication (RFC 3903), which ends in PublicationChanged::Ended. Errors: UnknownAccount, BadUri, BadEvent,
  /// BadHeader, TooLarge (state over kMaxPublishedState), Full (kMaxPublications). If several have the same target, one PUBLISH
  /// is pending at a time.
  [[nodiscard]] base::Result<PublicationId, StackError> publish(PublishOptions options, base::TimePoint now);
  /// Replaces the state. Errors: UnknownPublication, TooLarge.
  base::Result<void, StackError> modify_publication(PublicationId publication, Body state, base::TimePoint now);
  base::Result<void, StackError> remove_publication(PublicationId publication, base::TimePoint now);

  // Requests outside calls; each ends in RequestAnswered.
  [[nodiscard]] base::Result<RequestId, StackError> request(RequestOptions options, base::TimePoint now);

  void set_accepting(bool accepting);          ///< false: new INVITEs and OPTIONS get 503 with Retry-After (drain)
  void set_availability(Availability availability);  ///< the current availability; the stack considers its own limits by itself
  [[nodiscard]] std::size_t sessions() const;  ///< those that have not ended
  /// Returns the number of unfinished obligations. These are calls that are up or whose BYE waits for the caller's ACK, our
  /// requests without a final response, and refusals whose ACK has not arrived. At 0 the process may end: the rest only absorbs
  /// retransmissions. Each has a timer of at most 64 * T1 after all calls were hung up.
  [[nodiscard]] std::size_t unfinished() const;
  [[nodiscard]] std::size_t subscriptions() const;  ///< ours and those of peers
  [[nodiscard]] std::size_t publications() const;
  [[nodiscard]] std::size_t requests() const;       ///< ours outside calls that wait for a response
  [[nodiscard]] std::size_t legs() const;      ///< including those that only wait for their last transactions
  [[nodiscard]] StackSizes sizes() const;
  [[nodiscard]] LegName leg_name(SessionId session) const;  ///< both "" if the session is gone
  [[nodiscard]] DialogName dialog_name(SessionId session) const;  ///< all "" if the session is gone
  /// Returns the remote address of the session's last message; unspecified if there was none, or the session is gone.
  [[nodiscard]] base::SocketAddress peer(SessionId session) const;
  /// Returns true if the peer of an established call supports `replaces`, so that a REFER with `ReferOptions::replaces` can work.
  [[nodiscard]] bool peer_replaces(SessionId session) const;
  [[nodiscard]] const StackCounters& counters() const;
  [[nodiscard]] bool is_consistent() const;    ///< checks the invariants of all machines; tests and the fuzzer assert it

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::sip
