#pragma once

#include <offhook/sip/transport/byte_stream.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace offhook::inline v0::sip::detail {

/// Adapts a ByteStream to the stream interface of Beast. Cheap to copy: shared state lives as long as any running operation.
class CarrierAdaptor {
 public:
  using executor_type = boost::asio::any_io_executor;
  using error_code = boost::system::error_code;

  CarrierAdaptor(executor_type executor, std::unique_ptr<ByteStream> carrier)
      : executor_(std::move(executor)), shared_(std::make_shared<Shared>(Shared{std::move(carrier), {}, {}})) {}

  [[nodiscard]] executor_type get_executor() noexcept { return executor_; }
  [[nodiscard]] ByteStream& carrier() const { return *shared_->carrier; }
  /// Puts back octets that followed a request and were read with it; the next reads return them first.
  void put_back(std::string octets) { shared_->early = std::move(octets); }
  /// Sets a handler that runs whenever octets arrive.
  void on_octets(std::function<void()> handler) { shared_->on_octets = std::move(handler); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
        [shared = shared_, executor = executor_](auto handler, boost::asio::mutable_buffer into) {
          if (!shared->early.empty() || into.size() == 0) {
            const std::size_t size = std::min(into.size(), shared->early.size());
            std::copy_n(shared->early.data(), size, static_cast<char*>(into.data()));
            shared->early.erase(0, size);
            if (size > 0 && shared->on_octets) shared->on_octets();
            return boost::asio::post(executor, [handler = std::move(handler), size]() mutable { handler(error_code(), size); });
          }
          shared->carrier->read_some({static_cast<std::uint8_t*>(into.data()), into.size()}, done(shared, std::move(handler), true));
        },
        token, first_of<boost::asio::mutable_buffer>(buffers));
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    std::string gathered;  // Send a frame's header and its payload together.
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != boost::asio::buffer_sequence_end(buffers); ++at)
      gathered.append(static_cast<const char*>(boost::asio::const_buffer(*at).data()), boost::asio::const_buffer(*at).size());
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
        [shared = shared_](auto handler, std::string octets) {
          auto kept = std::make_shared<std::string>(std::move(octets));
          const std::string_view view = *kept;
          shared->carrier->write(view, [kept, done = done(shared, std::move(handler), false)](const error_code& error, std::size_t size) { done(error, size); });
        },
        token, std::move(gathered));
  }

 private:
  struct Shared {
    std::unique_ptr<ByteStream> carrier;
    std::string early;
    std::function<void()> on_octets;
  };

  template <class Buffer, class Buffers>
  static Buffer first_of(const Buffers& buffers) {
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != boost::asio::buffer_sequence_end(buffers); ++at) {
      if (Buffer(*at).size() > 0) return Buffer(*at);
    }
    return {};
  }

  /// Wraps Beast's handlers, which can only be moved, because a Done must be copyable.
  template <class Handler>
  static ByteStream::Done done(const std::shared_ptr<Shared>& shared, Handler handler, bool reads) {
    auto kept = std::make_shared<Handler>(std::move(handler));
    return [shared, kept, reads](const error_code& error, std::size_t size) {
      if (reads && !error && shared->on_octets) shared->on_octets();
      Handler now = std::move(*kept);
      now(error, size);
    };
  }

  executor_type executor_;
  std::shared_ptr<Shared> shared_;
};

// Functions that Beast requires of the layer below. The owner closes the carrier after the exchange of close frames.
inline void beast_close_socket(CarrierAdaptor& below) { below.carrier().close(); }
inline void teardown(boost::beast::role_type, CarrierAdaptor&, boost::system::error_code& error) { error = {}; }
template <class Handler>
void async_teardown(boost::beast::role_type, CarrierAdaptor& below, Handler&& handler) {
  boost::asio::post(below.get_executor(),
                    [handler = std::forward<Handler>(handler)]() mutable { handler(boost::system::error_code()); });
}

}  // namespace offhook::inline v0::sip::detail
