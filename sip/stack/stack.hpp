#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/sip/auth/caller_options.hpp>
#include <offhook/sip/auth/challenge_options.hpp>
#include <offhook/sip/limits.hpp>
#include <offhook/sip/message/method.hpp>
#include <offhook/sip/registration/stale_binding.hpp>
#include <offhook/sip/session/reliability.hpp>
#include <offhook/sip/session/session_timer_options.hpp>
#include <offhook/sip/stack/door_options.hpp>
#include <offhook/sip/stack/events.hpp>
#include <offhook/sip/subscription/options.hpp>

#include <chrono>
#include <memory>
#include <vector>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

/// An event package that others may subscribe to us for; the owner is asked about each (SubscribeReceived).
struct PackageOptions {
  std::string name;                  ///< "dialog"
  std::string type{};                ///< of the bodies that it notifies; a SUBSCRIBE that does not accept it gets 406
  subscription::GrantOptions grant{};
  subscription::NotifyOptions notify{};
  std::size_t most = kMaxWatchers;   ///< subscribers at a time; further ones get 503
};

struct StackOptions {
  std::uint32_t number = 1;          ///< several stacks may run side by side; ids that we make carry it
  std::string user_agent = "Offhook";
  base::Duration t1 = std::chrono::milliseconds(500);  ///< RFC 3261 section 17.1.1.1
  base::Duration t2 = std::chrono::seconds(4);
  base::Duration t4 = std::chrono::seconds(5);
  /// A request of more octets takes TCP instead of UDP, and comes back when there is none (RFC 3261 section 18.1.1). Where the MTU
  /// of the path is known: 200 less than that. 0: requests of all sizes stay on UDP.
  std::size_t datagram_limit = 1300;
  StackLimits limits{};              ///< how much of each is held at most
  std::vector<PackageOptions> packages{};  ///< none: SUBSCRIBE is not allowed (405); any other package gets 489
  std::string message_types{};       ///< what a MESSAGE may carry, as in Accept: "text/plain"; "": MESSAGE is not allowed
  DoorOptions door{};                ///< how much of whom is served
  CallerOptions callers{};           ///< what others than our registrars must prove; who proves it is taken whatever accept_from says
};

/// One identity at one registrar.
struct AccountOptions {
  std::string address_of_record;     ///< "sip:6001@pbx.example"
  /// "sip:pbx.example[:port][;transport=tcp]": Request-URI of REGISTER, and next hop of calls. "": the domain of the address of record.
  std::string registrar;
  std::string display_name;
  std::string username;              ///< for digest; mostly the extension
  std::string password;
  ChallengeOptions challenges{};     ///< which challenges the password answers
  std::chrono::seconds expires{300};
  std::chrono::seconds refresh_within{0};  ///< as registration::Options::refresh_within
  registration::StaleBinding stale_binding = registration::StaleBinding::Kept;
  bool registers = true;             ///< false: an identity for calls only
  /// Of an account that does not register: the servers of its trunk. Their calls are taken whatever user they name, their challenges
  /// are answered and their assertions believed, as the registrar's are. At most kMaxTrunkAddresses; the rest is ignored.
  std::vector<base::IpAddress> trunk_addresses{};
  static constexpr std::size_t kMaxTrunkAddresses = 16;
  enum class AcceptFrom : std::uint8_t {
    /// Where a REGISTER went to, and all that the registrar's name leads to once one was answered. Others get 403, or 480 before
    /// any REGISTER has left, when nobody can be known.
    Registrar,
    Anyone,
  };
  /// Selects the peers whose calls are taken. An account that does not register and names no trunk takes calls from anyone.
  AcceptFrom accept_from = AcceptFrom::Registrar;
  SessionTimerOptions session_timer{};  ///< of its calls
  /// Messages waiting are told by NOTIFYs without a subscription, too, as Asterisk does to registered phones: taken from the
  /// registrar alone (UnsolicitedNotify).
  bool takes_unsolicited_waiting = false;
  Reliability reliability = Reliability::Supported;  ///< 100rel, of its calls
  std::vector<std::string> info_packages{};          ///< taken in its calls (RFC 6086); others get 469
  /// Whose P-Asserted-Identity is believed besides the registrar's: trunks, session border controllers. RFC 3325 section 5
  std::vector<base::IpAddress> trusted_peers{};
  bool keep_alive = true;            ///< pings along the way to the registrar, for the NAT between: RFC 5626 section 3.5.1
  /// Requests outside dialogs pass this server first, REGISTER among them: "sip:proxy.example[:port][;transport=tcp]".
  std::string outbound_proxy{};
  /// Further servers for the same registrar, in order: what one does not take goes to the next within the same request. At most
  /// WayOut::kMaxSecondaries.
  std::vector<std::string> secondaries{};
  /// Who stands in for the registrar's own servers, as in `registrar`: REGISTER and calls go there, under the same names. By accounts
  /// with the same address of record and different servers we are registered at all of them at once. "": the registrar's own.
  std::string server{};
  /// "urn:uuid:...", the same after a restart: the registrar then knows this device again, and may give it a GRUU (RFC 5627).
  std::string instance{};
  /// 1, 2, ... for each flow of this instance, by accounts with the same instance and different outbound proxies: registrations at
  /// several servers at once (RFC 5626). 0: none. Needs `instance`.
  std::uint32_t reg_id = 0;
  struct Push {                      ///< RFC 8599: what the registrar needs to wake us; provider "" for none
    std::string provider, prid, param;
  };
  Push push{};
};

/// An INVITE of ours.
struct CallOptions {
  AccountId account;
  std::string target;                ///< Request-URI and To
  Body offer;
  HeaderList headers;
  bool through_registrar = true;     ///< false: straight to the target's host
  std::optional<SessionTimerOptions> session_timer{};  ///< instead of the account's
  std::optional<Reliability> reliability{};            ///< instead of the account's
  std::optional<Replaces> replaces{};                  ///< takes the place of a call of the target's: RFC 3891
  /// The call whose TransferRequested this follows: it is told how this call goes, and who referred stands in Referred-By.
  std::optional<SessionId> for_transfer{};
  Privacy privacy{};              ///< any(): From says "Anonymous", P-Preferred-Identity tells the registrar who it is (RFC 3325)
  unsigned max_redirections = 0;  ///< 3xx that are followed, at most kMaxRedirections; 0: told in CallEnded::contacts
};

/// A REFER of ours: RFC 3515.
struct ReferOptions {
  std::string target{};  ///< Refer-To; "" with `replaces`: where that call's peer is
  /// Attended transfer: the call of ours with the target, which the transferee's is to take the place of (RFC 3891).
  std::optional<SessionId> replaces{};
  bool reports = true;                       ///< false: nothing is told of the outcome, where the peer can do so (RFC 4488)
  std::optional<std::string> referred_by{};  ///< a URI (RFC 3892); nothing: the account's address; "": not said
  HeaderList headers{};
};

/// What the phone adds to one request or response of a call.
struct Extras {
  HeaderList headers{};            ///< at most kMaxCustomHeaders; not those that the stack writes itself: BadHeader
  std::optional<Reason> reason{};  ///< why: RFC 3326
};

/// A SUBSCRIBE of ours, or a REFER outside of calls.
struct SubscribeOptions {
  AccountId account;
  std::string target;                ///< Request-URI and To: whose state it is; for message-summary the account's own address
  subscription::SubscriberOptions what{};
  bool through_registrar = true;     ///< false: straight to the target's host
};

/// A request outside of calls that makes no dialog.
struct RequestOptions {
  AccountId account;
  Method method = Method::Options;   ///< OPTIONS, MESSAGE, INFO or PUBLISH; any other is BadMethod
  std::string target;                ///< Request-URI and To
  HeaderList headers{};
  Body body{};
  bool through_registrar = true;     ///< false: straight to the target's host
};

/// A publication of event state (RFC 3903), kept alive until it is removed.
struct PublishOptions {
  AccountId account;
  std::string target;                ///< Request-URI and To: whose state it is, mostly the account's own address
  std::string package;               ///< "presence", "dialog", ...; `;id=1` behind it is kept
  Body state{};
  std::chrono::seconds expires{3600};
  bool through_registrar = true;     ///< false: straight to the target's host
  HeaderList headers{};              ///< added to each PUBLISH
};

/// What an OPTIONS outside of calls is told: RFC 3261 section 11.2.
struct Availability {
  int status = 200;         ///< that a new INVITE would get for the owner's sake: 200 for one that would be taken, 486, 503 ...
  HeaderList for_known{};   ///< added towards our registrars, trusted_peers and DoorOptions::peers alone: nobody else need know how we are
};

/// Call-ID and our tag: no other leg of ours has the same two.
struct LegName { std::string call_id, local_tag; };
/// The dialog of a call, as far as there is one: the peer's side is known once one of us has accepted, of calls to us at once.
struct DialogName { std::string call_id, local_tag, remote_tag, remote_target; };

struct StackCounters {               ///< everything dropped or refused, by reason
  std::uint64_t received = 0, refused_parse = 0, refused_limit = 0, stray_responses = 0, stray_acks = 0, retransmissions_absorbed = 0;
  std::uint64_t refused_source = 0, dead_flows = 0;
  std::uint64_t refused_budget = 0, dropped_budget = 0;  ///< beyond DoorOptions: with 503, and without an answer
  std::uint64_t dropped_banned = 0, bans = 0, challenged = 0, wrong_credentials = 0;
};

/// How much a stack holds of each kind. Once all calls are over and 64 * T1 have passed, all of it is 0 but for what
/// registrations take.
struct StackSizes {
  std::size_t transactions = 0, requests_sent = 0, requests_received = 0;
  std::size_t look_ups = 0, routes = 0;  ///< names that are looked up, and hops whose addresses a call remembers
  std::size_t legs = 0, subscriptions = 0, publications = 0, requests = 0, timers = 0;
  friend bool operator==(const StackSizes&, const StackSizes&) = default;
};

enum class StackError : std::uint8_t { UnknownAccount, UnknownSession, WrongState, BadUri, Full, UnknownSubscription, BadEvent, BadMethod, TooLarge, BadHeader, UnknownPublication };
[[nodiscard]] std::string_view to_string(StackError error);

/// A whole SIP user agent as a pure state machine: transactions, dialogs, sessions and registrations behind one face
/// (docs/architecture.md, "Cores do no I/O"). Feed it bytes, events and time; after each call drain the three polls.
/// Not thread-safe, no globals: several run side by side.
class Stack {
 public:
  Stack(StackOptions options, base::Random& random);
  ~Stack();
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  // What happened outside.
  void receive(const Flow& flow, base::Bytes message, base::TimePoint now);  ///< one datagram, or one framed stream message
  /// Could not be opened, or broke; id 0: by transport and remote. `why`, for people: the reason of the registrations and calls that fail by it.
  void on_flow_failed(const Flow& flow, base::TimePoint now, std::string_view why = {});
  void on_answer(QueryId query, QueryResult result, base::TimePoint now);
  void handle_timeout(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  // What shall go out; each until empty.
  [[nodiscard]] std::optional<Transmit> poll_transmit();
  [[nodiscard]] std::optional<Query> poll_query();
  [[nodiscard]] std::optional<Event> poll_event();
  [[nodiscard]] std::optional<Flow> poll_close();  ///< a connection that answers no more: close it, on_flow_failed() follows

  /// Whether a request, a live call or a registration needs this connection, so that it should stay open while nothing passes.
  [[nodiscard]] bool uses(const Flow& flow) const;
  /// A registrar of ours, one of AccountOptions::trusted_peers, or of DoorOptions::peers.
  [[nodiscard]] bool is_known(const base::IpAddress& source) const;

  // Registrations.
  AccountId add_account(AccountOptions options, base::TimePoint now);        ///< and starts to register
  void unregister(AccountId account, base::TimePoint now);                   ///< ends in RegistrationChanged::Unregistered, within 32 s
  /// As unregister(); and from now on no request is for it, and nothing begins under its name (UnknownAccount). What runs under it
  /// goes on: the account is gone with the last of that.
  void remove_account(AccountId account, base::TimePoint now);
  [[nodiscard]] std::size_t accounts() const;                                ///< with those that were removed and are not gone yet
  void refresh_registration(AccountId account, base::TimePoint now);         ///< at once: a push notification came, or the network has changed

  // Calls. An operation on a session that has ended is WrongState or UnknownSession, never undefined.
  [[nodiscard]] base::Result<SessionId, StackError> call(CallOptions options, base::TimePoint now);
  /// A provisional response, 101 to 199, with a description or without. Errors: also WrongState for any other status.
  base::Result<void, StackError> provisional(SessionId session, int status, Body body, base::TimePoint now, HeaderList headers = {});
  base::Result<void, StackError> ring(SessionId session, base::TimePoint now, HeaderList headers = {});                 ///< 180
  base::Result<void, StackError> progress(SessionId session, Body body, base::TimePoint now, HeaderList headers = {});  ///< 183, early media; acknowledged (RFC 3262) where the caller can
  base::Result<void, StackError> answer(SessionId session, Body body, base::TimePoint now,
                                        Extras extras = {});  ///< 200, repeated until ACK
  base::Result<void, StackError> reject(SessionId session, int status, HeaderList headers, base::TimePoint now);
  /// 300 to 399 with these URIs as Contacts, at most kMaxContacts, best first: RFC 3261 section 21.3. Errors: also BadUri (one that is
  /// no URI, or none at all), TooLarge (too many), WrongState (another status).
  base::Result<void, StackError> redirect(SessionId session, const std::vector<std::string>& targets, base::TimePoint now,
                                          int status = 302, HeaderList headers = {});
  base::Result<void, StackError> hang_up(SessionId session, base::TimePoint now,
                                         Extras extras = {});  ///< CANCEL, BYE or a final response: whichever is due
  base::Result<void, StackError> offer(SessionId session, Body body, base::TimePoint now,
                                       Extras extras = {});  ///< re-INVITE; 491 is retried (RFC 3261 section 14.1)
  /// An offer by UPDATE (RFC 3311), which wants an answer at once; ends in OfferAnswered or OfferRefused as offer() does. Before
  /// there is a 2xx: once an offer was answered reliably, in the early dialog `branch_tag` ("": the first that can), and where the
  /// peer allows UPDATE. In a call that is up a peer that does not allow it gets a re-INVITE.
  base::Result<void, StackError> update(SessionId session, Body body, base::TimePoint now, Extras extras = {},
                                        std::string_view branch_tag = {});
  /// `branch_tag`: of OfferReceived, where early dialogs of a fork offer side by side; "": the one that came first.
  base::Result<void, StackError> accept_offer(SessionId session, Body body, base::TimePoint now,
                                              std::string_view branch_tag = {});
  base::Result<void, StackError> refuse_offer(SessionId session, int status, base::TimePoint now,
                                              std::string_view branch_tag = {});  ///< 488; the session goes on as it was

  /// Another user of ours is connected now (RFC 4916 section 4.3): told by UPDATE, and our From from then on. Errors: also BadUri, and
  /// WrongState where the peer does not support `from-change` or UPDATE, or another UPDATE of ours has no answer yet.
  base::Result<void, StackError> identify(SessionId session, const Party& party, base::TimePoint now, HeaderList headers = {});

  base::Result<void, StackError> refer(SessionId session, std::string target, base::TimePoint now);  ///< blind transfer, RFC 3515; ends in TransferProgress
  base::Result<void, StackError> refer(SessionId session, ReferOptions options, base::TimePoint now);
  base::Result<void, StackError> accept_transfer(SessionId session, base::TimePoint now,
                                                 HeaderList headers = {});  ///< 202; then call() with for_transfer, or report_transfer()
  base::Result<void, StackError> decline_transfer(SessionId session, int status, base::TimePoint now,
                                                  HeaderList headers = {});  ///< 603, say
  base::Result<void, StackError> report_transfer(SessionId session, int status,
                                                 base::TimePoint now);  ///< NOTIFY, where the phone does otherwise than to call()

  // Within a call that is up; MidCallAnswered says what became of it.
  base::Result<void, StackError> send_info(SessionId session, std::string package, Body body, base::TimePoint now,
                                           Extras extras = {});  ///< RFC 6086; package "": of the old kind
  base::Result<void, StackError> send_text(SessionId session, Body body, base::TimePoint now, Extras extras = {});  ///< MESSAGE
  base::Result<void, StackError> probe(SessionId session, base::TimePoint now,
                                       Extras extras = {});  ///< OPTIONS: is the other side still there?

  // Subscriptions (RFC 6665). They end in SubscriptionChanged::Ended.
  [[nodiscard]] base::Result<SubscriptionId, StackError> subscribe(SubscribeOptions options, base::TimePoint now);
  base::Result<void, StackError> refresh_subscription(SubscriptionId subscription, base::TimePoint now);  ///< asks for the state as it is now
  base::Result<void, StackError> unsubscribe(SubscriptionId subscription, base::TimePoint now);
  // Of others to us (SubscribeReceived). What is notified is whole state: each body stands for itself.
  base::Result<void, StackError> accept_subscriber(SubscriptionId subscription, Body state, base::TimePoint now);
  base::Result<void, StackError> notify(SubscriptionId subscription, Body state, base::TimePoint now);
  base::Result<void, StackError> end_subscriber(SubscriptionId subscription, SubscriptionChanged::Why reason,
                                                std::optional<std::chrono::seconds> retry_after, base::TimePoint now);

  /// Publications (RFC 3903). They end in PublicationChanged::Ended. Errors: UnknownAccount, BadUri, BadEvent, BadHeader, TooLarge (of the
  /// state: kMaxPublishedState), Full (kMaxPublications). Of several for one target one PUBLISH is on its way at a time.
  [[nodiscard]] base::Result<PublicationId, StackError> publish(PublishOptions options, base::TimePoint now);
  /// Replaces the state. Errors: UnknownPublication, TooLarge.
  base::Result<void, StackError> modify_publication(PublicationId publication, Body state, base::TimePoint now);
  base::Result<void, StackError> remove_publication(PublicationId publication, base::TimePoint now);

  // Requests outside of calls; each ends in RequestAnswered.
  [[nodiscard]] base::Result<RequestId, StackError> request(RequestOptions options, base::TimePoint now);

  void set_accepting(bool accepting);          ///< false: new INVITEs and OPTIONS get 503 with Retry-After (drain)
  void set_availability(Availability availability);  ///< as it is now; what the stack itself is in the way of, it knows
  [[nodiscard]] std::size_t sessions() const;  ///< those not yet ended
  /// What we still owe others: calls that are up or whose BYE waits for the caller's ACK, our requests without a final answer,
  /// refusals whose ACK is to come. At 0 a process may end; what is then left only absorbs repeats. Each such thing has a timer
  /// of at most 64 * T1 once all calls were hung up.
  [[nodiscard]] std::size_t unfinished() const;
  [[nodiscard]] std::size_t subscriptions() const;  ///< ours and others'
  [[nodiscard]] std::size_t publications() const;
  [[nodiscard]] std::size_t requests() const;       ///< ours outside of calls that wait for their answer
  [[nodiscard]] std::size_t legs() const;      ///< with those that only wait for their last transactions
  [[nodiscard]] StackSizes sizes() const;
  [[nodiscard]] LegName leg_name(SessionId session) const;  ///< both "" when the session is gone
  [[nodiscard]] DialogName dialog_name(SessionId session) const;  ///< all "" when the session is gone
  /// Where the session's last message came from or went to; unspecified when there was none, or the session is gone.
  [[nodiscard]] base::SocketAddress peer(SessionId session) const;
  /// The peer of a call that is up says that it supports `replaces`: a REFER with `ReferOptions::replaces` can work there.
  [[nodiscard]] bool peer_replaces(SessionId session) const;
  [[nodiscard]] const StackCounters& counters() const;
  [[nodiscard]] bool is_consistent() const;    ///< every machine's invariants; asserted in tests and by the fuzzer

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::sip
