#pragma once

#include <offhook/agent/conversation/service_use.hpp>
#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/deepgram/listen_options.hpp>
#include <offhook/agent/providers/deepgram/socket_out.hpp>
#include <offhook/agent/providers/followed_language.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

/// A listener that carries out the socket requests of its core, one socket at a time. Opens the first socket when the call begins,
/// and keeps it open while the caller is silent. A derived class makes the request for a socket.
template <class Core>
class SocketListener : public Listener {
 public:
  void open(const SessionContext& context) override {
    language_ = context.language;
    core_.connect();
    carry_out();
  }
  void tick(base::TimePoint now) override {
    core_.tick(now);
    carry_out();
  }
  void begin(std::uint32_t turn, std::string_view) override {
    core_.begin(turn);
    carry_out();
  }
  void feed(std::span<const std::int16_t> pcm) override {
    core_.feed(pcm);
    carry_out();
  }
  void end() override {
    core_.end();
    told();
  }
  void abandon() override {
    core_.abandon();
    carry_out();
    tell_use();
  }
  [[nodiscard]] std::optional<ListenEvent> poll() override {
    auto event = core_.poll_event();
    if (event && !core_.heard_language().empty()) followed_.note(core_.heard_language());
    if (event) tell_use();
    return event;
  }

  [[nodiscard]] std::vector<Retry> take_retries() override { return core_.take_retries(); }

  [[nodiscard]] const typename Core::Counters& counters() const { return core_.counters(); }

 protected:
  /// `whom` is the service's name in sentences: "the recogniser NAME". `followed` stores the detected language. `tell_use` gets the
  /// audio that was sent; it may be empty. `sockets` must outlive this object. `more`: further arguments of the core.
  template <class... More>
  SocketListener(std::string whom, const Sound& sound, FollowedLanguage followed, TellUse tell_use, net::WebSocketClient& sockets, Wake wake, More&&... more)
      : whom_(std::move(whom)),
        octets_per_second_(sound.octets_of(1000)),
        followed_(std::move(followed)),
        tell_use_(std::move(tell_use)),
        core_(whom_, sound, std::forward<More>(more)...),
        sockets_(sockets),
        wake_(std::move(wake)) {}
  ~SocketListener() override {
    core_.close();
    carry_out();  // Sends the end of the stream. The core requests no new socket here.
    tell_use();
  }

  /// Returns the request for a socket. `language` is that of the call.
  [[nodiscard]] virtual net::WebSocketRequest request(const std::string& language) const = 0;

 private:
  void connect() {
    net::WebSocketHandler handler;
    if (std::exchange(is_open_, false)) tell_use();  // Reports the use of the last socket, because the next one may not open.
    handler.on_open = [this] {
      is_open_ = true;
      core_.on_open();
      told();
    };
    handler.on_text = [this](std::string_view text) {
      core_.on_frame(text);
      told();
    };
    handler.on_closed = [this](const net::WebSocketClosed& closed) {
      if (!is_open_) untold_octets_ = 0;  // These octets were never sent.
      core_.on_closed(failure_of(whom_, closed));
      told();
    };
    socket_ = sockets_.open(request(language_), std::move(handler));
  }
  /// May be called from within a socket's handler. carry_out() may replace or drop that socket, which then calls no more handlers.
  void told() {
    carry_out();
    if (wake_) wake_();
  }
  void carry_out() {
    while (const auto out = core_.poll_out()) {
      switch (out->what) {
        case SocketOut::What::Connect: connect(); break;
        case SocketOut::What::Drop: socket_.reset(); break;
        case SocketOut::What::Text: socket_->send_text(out->bytes); break;  // The socket holds it until it is open.
        case SocketOut::What::Audio:
          untold_octets_ += out->bytes.size();
          socket_->send_binary(out->bytes);
          break;
      }
    }
  }

  void tell_use() {
    const std::uint64_t octets = std::exchange(untold_octets_, 0);
    if (octets == 0 || !tell_use_) return;
    ServiceUse use;
    use.audio = base::duration_of(octets, octets_per_second_);
    tell_use_(std::move(use));
  }

  std::string whom_, language_;
  std::uint64_t octets_per_second_, untold_octets_ = 0;
  bool is_open_ = false;
  FollowedLanguage followed_;
  TellUse tell_use_;
  Core core_;
  net::WebSocketClient& sockets_;
  Wake wake_;
  std::unique_ptr<net::WebSocket> socket_;
};

}  // namespace offhook::inline v0::agent::deepgram
