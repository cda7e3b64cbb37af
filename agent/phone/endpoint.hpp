#pragma once

#include <offhook/agent/phone/identity_options.hpp>
#include <offhook/agent/phone/phone_event.hpp>
#include <offhook/agent/phone/watch_options.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/sip/stack/stack.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::phone {

struct EndpointOptions {
  sip::EdgeOptions sip;
  sip::StackOptions stack;
  /// In our order of preference.
  std::vector<media::AudioCodec> codecs = {media::AudioCodec::G722, media::AudioCodec::Pcmu, media::AudioCodec::Pcma};
  bool order_of_offer = false; ///< as answerer we choose the first of `codecs` that the offer lists (RFC 3264 section 6.1); false: the first of ours
  bool comfort_noise = true;   ///< RFC 3389 is offered and taken. Whether ours is sent is said by AudioPort::leaves_out_silence
  bool voip_metrics = true;    ///< asked for in RTCP XR, and given to who asks: RFC 3611 section 5.2
  rtp::SourceRule source_rule = rtp::SourceRule::PeerHosts;  ///< from where audio is taken besides the SDP's own address
  std::size_t max_calls = 64;  ///< a further one is answered 486 Busy Here
  /// The header field in which answers to OPTIONS tell those whom we know how busy we are: "calls=3;limit=64;load=0.05", load being the
  /// greater of calls by limit and the share of a core that the busiest audio thread takes. "": that is not told.
  std::string load_field{};
  /// True: OPTIONS is answered 503, so that no calls are sent here yet; those that come all the same are taken. Asked every second.
  std::function<bool()> is_loading{};
  IdentityOptions identity{};  ///< signed numbers of callers, and of our own calls; the usual: neither
  std::optional<WatchOptions> watched{};  ///< who may watch our lines (RFC 4235); nothing: that is not offered
};

struct DialOptions {
  Account account;                 ///< whose name the call goes out under
  std::string target;              ///< "sip:1001@pbx.example"
  sip::HeaderList headers;         ///< added to the INVITE
  bool through_registrar = true;   ///< false: straight to the target's host
  std::vector<media::AudioCodec> codecs{};  ///< best first; empty: the endpoint's
  CallPtr for_transfer{};                   ///< the call whose CallTransferRequested this follows: its peer is told how it goes
  std::optional<sip::Replaces> replaces{};  ///< of that request: takes the place of a call of the target's (RFC 3891)
  std::optional<sip::SessionTimerOptions> session_timer{};  ///< RFC 4028; nothing: the account's
  std::optional<sip::Reliability> reliability{};            ///< 100rel (RFC 3262); nothing: the account's
  sip::Privacy privacy{};         ///< who calls is withheld from the called side (RFC 3323); the registrar is told (RFC 3325)
  /// Gives up when the network refuses by a tone before the answer: busy, congestion, special information, as many a PBX does instead
  /// of by a response. Where the port has a LineEar; what that hears is told by the port's events, too.
  bool heeds_tones = true;
  /// Media that the called side describes in a provisional response play before the answer (RFC 3960 section 3). False: they wait for it,
  /// as where only the answer may be heard; tones of the network are then not heard, either.
  bool early_media = true;
  std::vector<sdp::Media> other_media{};  ///< streams beside the audio that are offered as they are: Call::set_other_media
  unsigned max_redirections = 0;  ///< 3xx that are followed (RFC 3261 section 8.1.3.4); 0: told in CallFinished, as contacts
};

/// Whose state we want to be told of, and which: RFC 6665.
struct SubscribeOptions {
  Account account;                          ///< whose name we ask under
  std::string target;                       ///< "sip:6001@pbx.example"
  std::string package = "message-summary";  ///< or "dialog", "reg", "conference", "presence", ...
  std::chrono::seconds expires{3600};       ///< 0: asks once, and keeps nothing
  std::string accept{};                     ///< media types of what is told, as in Accept; empty: the package's own
  bool through_registrar = true;            ///< false: straight to the target's host
  sip::HeaderList headers{};                ///< added to each SUBSCRIBE
};

/// A line of text to somebody, outside of calls: MESSAGE, RFC 3428.
struct MessageOptions {
  Account account;
  std::string target;
  std::string text;                         ///< UTF-8
  std::string type = "text/plain;charset=UTF-8";
  bool through_registrar = true;
  sip::HeaderList headers{};                ///< added to it
};

/// A telephone: signalling, offer/answer and media joined. Knows no AI. It runs one signalling thread; everything but post(),
/// stop() and sip_port() happens on that thread, inside a posted task or an event handler. From another thread an operation is
/// PhoneError::WrongThread, and stops a debug build by an assertion. docs/embedding.md shows it whole.
class Endpoint {
 public:
  /// Binds the SIP sockets and starts the thread. `on_event` is called on it, one event at a time. `engine` must outlive the endpoint.
  /// Errors: Socket, in a sentence that names the port and what to do.
  [[nodiscard]] static base::Result<std::unique_ptr<Endpoint>, base::Error> open(EndpointOptions options, media::Engine& engine,
                                                                                std::function<void(PhoneEvent)> on_event);
  ~Endpoint();  ///< stop(), then frees what is left; calls that are up are cut without a BYE: hang up and wait for their end first
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  /// Ends the thread: no event comes any more, and what is posted is dropped. For owners whose own threads still post to us.
  /// Not on the signalling thread; more than once is harmless.
  void stop();
  void post(std::function<void()> task);                                   ///< runs it on the signalling thread; from any thread
  void post_after(base::Duration delay, std::function<void()> task);       ///< on the signalling thread

  /// And starts to register, when its options say so; RegistrationChanged tells how that went, also when an address in them is bad.
  /// Errors: WrongThread, Closed.
  [[nodiscard]] base::Result<Account, base::Error> add_account(sip::AccountOptions options);
  /// Calls: CallRinging may follow, then CallConnected, or CallFinished. `port`: as in Call::prepare().
  /// Errors: BadTarget, BadHeader, UnknownAccount, Full, NoMedia, Socket, WrongThread, Closed.
  [[nodiscard]] base::Result<CallPtr, base::Error> dial(DialOptions options, std::shared_ptr<media::AudioPort> port);
  /// Keeps us told by Notified until it is unsubscribed; SubscriptionChanged says how it stands. Refreshes itself.
  /// Errors: BadTarget, BadHeader, UnknownAccount, Full, WrongThread, Closed.
  [[nodiscard]] base::Result<Subscription, base::Error> subscribe(const SubscribeOptions& options);
  /// sip::RequestAnswered says what became of it, by this id. Errors: as above, and TooLarge (RFC 3428 section 8: 1300 octets).
  [[nodiscard]] base::Result<sip::RequestId, base::Error> send_message(const MessageOptions& options);
  /// Asks `target` by OPTIONS what it can do (RFC 3261 section 11). sip::RequestAnswered says what became of it, by this id. `through_registrar`: false
  /// sends it straight to the target's host. Errors: as of send_message().
  [[nodiscard]] base::Result<sip::RequestId, base::Error> ask_options(const Account& account, std::string target, bool through_registrar = true);
  void set_accepting(bool accepting);                                      ///< false: new calls get 503 (drain)
  [[nodiscard]] std::size_t calls() const;                                 ///< not yet finished
  [[nodiscard]] std::size_t unfinished() const;                            ///< Stack::unfinished(): at 0 no BYE is lost by stop()

  [[nodiscard]] std::uint16_t sip_port() const;                            ///< that was bound, UDP and TCP; from any thread

 private:
  class Impl;
  explicit Endpoint(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::phone
