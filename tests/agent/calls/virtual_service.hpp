#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/services/openai/http_plan.hpp>
#include <offhook/tests/services/web_server.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::test {

/// An action of a simulated socket on its connection. VirtualNet carries out the actions of a socket in order.
struct SocketOut {
  enum class What : std::uint8_t { Text, Binary, Close, Drop };
  What what{};
  std::string bytes;  ///< for Close, the reason
  int code = 0;
};
using SocketOuts = std::vector<SocketOut>;

/// One WebSocket of a simulated service: frames and time in, frames out.
class ServiceSocket {
 public:
  virtual ~ServiceSocket() = default;
  virtual void on_text(std::string_view text, base::TimePoint now, SocketOuts& out) = 0;
  virtual void on_binary(std::string_view bytes, base::TimePoint now, SocketOuts& out) = 0;
  virtual void on_time(base::TimePoint now, SocketOuts& out) = 0;
};

/// The result of a handshake. If `socket` is null, the service refuses the handshake if `refusal` has a status, drops the connection if
/// `drops` is true, and otherwise never answers.
struct Handshake {
  std::unique_ptr<ServiceSocket> socket;
  base::Duration wait{};                    ///< delay before the answer
  services::openai::HttpPlan::Step refusal{services::openai::HttpPlan::What::Whole, {}, 0, {}, {}};
  bool drops = false;
};

/// An HTTP response. Its owner releases `until_gone` when the client does not wait for the response any more.
struct ServedAnswer {
  services::openai::HttpPlan plan;
  std::shared_ptr<void> until_gone;
};

/// A simulated service at one host name.
class VirtualService {
 public:
  virtual ~VirtualService() = default;
  [[nodiscard]] virtual ServedAnswer serve(const services::WebRequest& request, base::TimePoint now) = 0;
  [[nodiscard]] virtual Handshake shake_hands(const services::WebRequest& request, base::TimePoint now) = 0;
};

}  // namespace offhook::inline v0::agent::test
