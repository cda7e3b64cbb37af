#pragma once

#include <offhook/agent/phone/call.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/sip/stack/stack.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace offhook::inline v0::phone {

struct EndpointOptions {
  sip::EdgeOptions sip;
  sip::StackOptions stack;
  /// In our order of preference: as answerer we choose the first of these that was offered.
  std::vector<media::AudioCodec> codecs = {media::AudioCodec::G722, media::AudioCodec::Pcmu, media::AudioCodec::Pcma};
  std::size_t max_calls = 64;  ///< a further one is answered 486 Busy Here
};

/// Error::code of the domain "phone".
enum class PhoneError : int { Socket = 1, NoMedia, NotAcceptable, WrongState, BadTarget, Full };

struct RegistrationChanged { sip::RegistrationChanged details; };
/// Ringing towards us. Give it media (Call::prepare), then answer or reject it; a call that is dropped is rejected with 480.
struct CallOffered { CallPtr call; sip::IncomingCall details; };
struct CallTurnedAway { sip::IncomingCall details; int status = 486; };         ///< all lines are in use: no handle was made
struct CallRinging { CallPtr call; int status = 180; bool early_media = false; };
struct CallConnected { CallPtr call; };
struct CallMediaChanged { CallPtr call; bool sends = true, receives = true; };  ///< hold and resume by the peer, or by us
struct CallTransferred { CallPtr call; int status = 0; };                       ///< 2xx: the peer reached the target; else it did not
struct CallFinished { CallPtr call; sip::CallEnded details; std::optional<media::LegStatistics> media; };

using PhoneEvent = std::variant<RegistrationChanged, sip::StrangerRefused, CallOffered, CallTurnedAway, CallRinging, CallConnected, CallMediaChanged, CallTransferred, CallFinished>;

struct DialOptions {
  sip::AccountId account;
  std::string target;              ///< "sip:1001@pbx.example"
  sip::HeaderList headers;
  bool through_registrar = true;
  std::vector<media::AudioCodec> codecs{};  ///< best first; empty: the endpoint's
};

/// A telephone: signalling, offer/answer and media joined. Knows no AI. It runs one signalling thread; everything but post()
/// happens on that thread, inside a posted task or an event handler.
class Endpoint {
 public:
  /// `engine` must outlive the endpoint.
  [[nodiscard]] static base::Result<std::unique_ptr<Endpoint>, base::Error> open(EndpointOptions options, media::Engine& engine,
                                                                                std::function<void(PhoneEvent)> on_event);
  ~Endpoint();  ///< stop(), then frees what is left; calls that are up are cut without a BYE: hang up and wait for their end first
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  /// Ends the thread: no event comes any more, and what is posted is dropped. For owners whose own threads still post to us.
  /// Not on the signalling thread; more than once is harmless.
  void stop();
  void post(std::function<void()> task);                                   ///< from any thread
  void post_after(base::Duration delay, std::function<void()> task);       ///< on the signalling thread

  sip::AccountId add_account(sip::AccountOptions account);                 ///< and starts to register
  void unregister(sip::AccountId account);
  [[nodiscard]] base::Result<CallPtr, base::Error> dial(DialOptions options, std::shared_ptr<media::AudioPort> port);
  void set_accepting(bool accepting);                                      ///< false: new calls get 503 (drain)
  [[nodiscard]] std::size_t calls() const;
  [[nodiscard]] std::size_t unfinished() const;                            ///< Stack::unfinished(): at 0 no BYE is lost by stop()

  [[nodiscard]] std::uint16_t sip_port() const;                            ///< from any thread

 private:
  class Impl;
  explicit Endpoint(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::phone
