#include <offhook/agent/providers/azure/usp_socket.hpp>

#include <offhook/agent/providers/azure/socket_fault.hpp>

#include <chrono>

namespace offhook::inline v0::agent::azure {

std::string usp_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return usp_timestamp(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

void UspSocket::connect() {
  socket_.reset();
  gone_ = false;
  core_.on_connecting();
  net::WebSocketHandler handler;
  handler.on_open = [this] {
    core_.on_open();
    after_event();
  };
  handler.on_text = [this](std::string_view text) { take(parse_usp_text(text)); };
  handler.on_binary = [this](std::string_view bytes) { take(parse_usp_binary(bytes)); };
  handler.on_closed = [this](const net::WebSocketClosed& closed) {
    gone_ = true;
    core_.on_closed(fault_of(shape_.whom, closed));
    after_event();
  };
  socket_ = sockets_.open(shape_.make_request(), std::move(handler));
  flush();  // The socket holds these messages until it is open.
}

void UspSocket::take(const base::Result<UspMessage, UspError>& message) {
  if (message) core_.on_message(*message);
  else core_.on_garbage();
  after_event();
}

void UspSocket::after_event() {
  flush();
  if (shape_.wake) shape_.wake();
}

void UspSocket::carry_out() {
  if (!core_.has_socket()) socket_.reset();  // Close it: the service counts each open socket as a concurrent connection.
  if (core_.wants_socket()) connect();
  flush();
}

void UspSocket::flush() {
  while (const auto message = core_.poll_message()) {
    if (!socket_ || gone_) continue;
    const std::string frame = write_usp(*message, usp_now());
    if (message->binary) socket_->send_binary(frame);
    else socket_->send_text(frame);
  }
}

}  // namespace offhook::inline v0::agent::azure
