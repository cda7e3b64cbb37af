#pragma once

#include <offhook/agent/phone/identity_options.hpp>
#include <offhook/agent/phone/media_preparation.hpp>
#include <offhook/agent/phone/media_security.hpp>
#include <offhook/agent/phone/nat/nat_options.hpp>
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
  /// The codecs of all calls, in the order of preference.
  std::vector<media::AudioCodec> codecs = {media::AudioCodec::G722, media::AudioCodec::Pcmu, media::AudioCodec::Pcma};
  /// true: the answer takes the offer's first codec that is in `codecs` (RFC 3264 section 6.1). false: the first of `codecs` that the offer
  /// has.
  bool order_of_offer = false;
  bool comfort_noise = true;   ///< offers and accepts comfort noise (RFC 3389); AudioPort::leaves_out_silence decides whether this side sends it
  bool voip_metrics = true;    ///< requests VoIP metrics in RTCP XR, and sends them when requested: RFC 3611 section 5.2
  rtp::SourceRule source_rule = rtp::SourceRule::PeerHosts;  ///< sources of audio that are accepted besides the SDP's own address
  MediaSecurity security{};    ///< the security of calls without an account
  IceUse ice = IceUse::Accepted;
  /// The longest time that CallConnected waits for ICE and DTLS after the answer, so that the application does not speak before the media can pass. 0: no wait.
  base::Duration path_limit = std::chrono::seconds(10);
  NatOptions nat{};            ///< this machine's public address, and STUN and TURN servers
  std::size_t max_calls = 64;  ///< an INVITE beyond this number gets 486 Busy Here
  bool accepting = true;       ///< false: new calls get 503 until Endpoint::set_accepting(true), for an owner that adds its accounts first
  /// The header field with the load in responses to OPTIONS from known peers: "calls=3;limit=64;load=0.05". `load` is the greater of two
  /// values: calls divided by limit, and the share of a core that the busiest audio thread takes. "": no field.
  std::string load_field{};
  /// While this function returns true, OPTIONS gets 503, so that dispatchers send no calls to this endpoint; calls that still come are
  /// accepted. The endpoint invokes the function at least every second.
  std::function<bool()> is_loading{};
  IdentityOptions identity{};  ///< verifies the numbers of callers, and signs those of outgoing calls; default: neither
  std::optional<WatchOptions> watched{};  ///< the watchers of the lines (RFC 4235); nullopt: watching is not offered
  /// Invoked when the ports of a call's audio are open, before this side describes them: for example to open them in a firewall. The call
  /// continues when this function invokes `ready`, and is refused if `ready` gets an error. Empty: the call continues at once.
  PrepareMedia prepare_media{};
  base::Duration prepare_limit = std::chrono::seconds(5);  ///< time for prepare_media; then the call is refused
};

struct DialOptions {
  Account account;                 ///< the account in whose name the call goes out
  std::string target;              ///< "sip:1001@pbx.example"
  sip::HeaderList headers;         ///< added to the INVITE
  bool through_registrar = true;   ///< false: directly to the target's host
  std::vector<media::AudioCodec> codecs{};  ///< in the order of preference; empty: those of EndpointOptions
  CallPtr for_transfer{};                   ///< the call of a CallTransferRequested: its peer gets reports about the new call
  std::optional<sip::Replaces> replaces{};  ///< from CallTransferRequested: the new call replaces a call of the target (RFC 3891)
  std::optional<sip::SessionTimerOptions> session_timer{};  ///< RFC 4028; nullopt: the account's options
  std::optional<sip::Reliability> reliability{};            ///< 100rel (RFC 3262); nullopt: the account's options
  sip::Privacy privacy{};         ///< withholds the caller's identity from the called side (RFC 3323); the registrar gets it (RFC 3325)
  /// true: cancels the call if the network refuses it by a tone before the answer: busy, congestion, special information. Many PBXs send such
  /// a tone and no response. It needs a port with a CallProgressDetector; the port's events report the tones too.
  bool heeds_tones = true;
  /// true: media that the called side describes in a provisional response play before the answer (RFC 3960 section 3). false: these media wait
  /// for the answer, and no tone of the network is detected; for applications that must play only the answer.
  bool early_media = true;
  std::vector<sdp::Media> other_media{};  ///< streams besides the audio, offered unchanged: Call::set_other_media
  unsigned max_redirections = 0;  ///< 3xx responses that the call follows (RFC 3261 section 8.1.3.4); 0: CallFinished gets the contacts
};

/// A subscription: its target and its event package (RFC 6665).
struct SubscribeOptions {
  Account account;                          ///< the account in whose name this side subscribes
  std::string target;                       ///< "sip:6001@pbx.example"
  std::string package = "message-summary";  ///< the event package: also "dialog", "reg", "conference", "presence", ...
  std::chrono::seconds expires{3600};       ///< 0: requests the state once, without a subscription
  std::string accept{};                     ///< media types of the notifications, as in Accept; empty: the package's own
  bool through_registrar = true;            ///< false: directly to the target's host
  sip::HeaderList headers{};                ///< added to each SUBSCRIBE
};

/// A text message outside of calls: MESSAGE, RFC 3428.
struct MessageOptions {
  Account account;
  std::string target;
  std::string text;                         ///< UTF-8
  std::string type = "text/plain;charset=UTF-8";
  bool through_registrar = true;
  sip::HeaderList headers{};                ///< added to the MESSAGE
};

/// A telephone: joins signalling, offer/answer and media. It contains no AI. It runs one signalling thread. Use all functions but post(),
/// stop() and sip_port() on that thread only: in a posted task or an event handler. On a different thread an operation returns
/// PhoneError::WrongThread, and fails an assertion in a debug build. docs/embedding.md has a complete example.
class Endpoint {
 public:
  /// Binds the SIP sockets and starts the thread. The thread calls `on_event`, one event at a time. `engine` must outlive the endpoint.
  /// Errors: Socket; its text names the port and the remedy.
  [[nodiscard]] static base::Result<std::unique_ptr<Endpoint>, base::Error> open(EndpointOptions options, media::Engine& engine,
                                                                                std::function<void(PhoneEvent)> on_event);
  ~Endpoint();  ///< invokes stop(), and frees all. Calls that still run end without a BYE: hang up first, and wait for their end
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  /// Ends the thread: no more events come, and posted tasks are dropped. For applications in which other threads may still post tasks. Do not
  /// invoke it on the signalling thread. It may be invoked more than once.
  void stop();
  void post(std::function<void()> task);                                   ///< runs `task` on the signalling thread; callable from any thread
  void post_after(base::Duration delay, std::function<void()> task);       ///< call it on the signalling thread

  /// Adds an account, and starts to register if its options say so. RegistrationChanged reports the result, even for a malformed address in
  /// the options. Errors: WrongThread, Closed.
  [[nodiscard]] base::Result<Account, base::Error> add_account(sip::AccountOptions options, MediaSecurity security = {});
  /// Calls a target: CallRinging may follow, then CallConnected, or CallFinished. `port` is as in Call::prepare(). Errors: BadTarget,
  /// BadHeader, UnknownAccount, Full, NoMedia, Socket, WrongThread, Closed. If EndpointOptions::prepare_media delays the INVITE, a later error
  /// comes as CallFinished (Why::Unreachable).
  [[nodiscard]] base::Result<CallPtr, base::Error> dial(DialOptions options, std::shared_ptr<media::AudioPort> port);
  /// Subscribes until Subscription::unsubscribe(), with automatic refreshes. Notified brings the state; SubscriptionChanged reports the
  /// state of the subscription. Errors: BadTarget, BadHeader, UnknownAccount, Full, WrongThread, Closed.
  [[nodiscard]] base::Result<Subscription, base::Error> subscribe(const SubscribeOptions& options);
  /// Sends a message. sip::RequestAnswered with the returned id reports the result. Errors: as subscribe(), and TooLarge (RFC 3428 section 8: 1300 octets).
  [[nodiscard]] base::Result<sip::RequestId, base::Error> send_message(const MessageOptions& options);
  /// Requests the capabilities of `target` by OPTIONS (RFC 3261 section 11). sip::RequestAnswered with the returned id reports the result. If
  /// `through_registrar` is false, the request goes directly to the target's host. Errors: as send_message().
  [[nodiscard]] base::Result<sip::RequestId, base::Error> ask_options(const Account& account, std::string target, bool through_registrar = true);
  void set_accepting(bool accepting);                                      ///< false: new calls get 503 (drain)
  [[nodiscard]] std::size_t calls() const;                                 ///< calls that have not finished
  [[nodiscard]] std::size_t unfinished() const;                            ///< Stack::unfinished(): at 0, stop() loses no BYE

  [[nodiscard]] std::vector<sip::Listener> listeners() const;              ///< the listeners with their actual ports; callable from any thread
  [[nodiscard]] std::uint16_t sip_port() const;                            ///< the bound port, UDP and TCP; callable from any thread

 private:
  class Impl;
  explicit Endpoint(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::phone
