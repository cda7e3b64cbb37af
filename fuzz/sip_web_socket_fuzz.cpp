// Runs one WebSocket on the real stream over a carrier in memory. Checks that no message exceeds its limit, that every operation completes,
// and that the result does not depend on the pieces of the input. The input is one octet of flags (1: this side is the client; 2: the
// target makes the handshake; 4: the server has a page), one octet for the size of the pieces, then the octets of the peer.
#include "require.hpp"

#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/transport/web_socket_stream.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::sip::detail;
using boost::system::error_code;
using fuzz::require;

namespace {

/// Delivers the input in pieces, and after it the end of the stream.
class Memory final : public ByteStream {
 public:
  Memory(boost::asio::io_context& io, std::string input, std::size_t piece, bool answers) : io_(io), input_(std::move(input)), piece_(piece), answers_(answers) {}

  void open(Done done) override { finish(std::move(done), {}, 0); }
  void read_some(std::span<std::uint8_t> into, Done done) override {
    require(!reading_ && !into.empty());
    if (closed_) return finish(std::move(done), boost::asio::error::operation_aborted, 0);
    const std::size_t size = std::min({piece_, into.size(), input_.size() - at_});
    std::copy_n(input_.data() + at_, size, into.data());
    at_ += size;
    reading_ = true;
    finish([this, done = std::move(done)](const error_code& error, std::size_t got) { reading_ = false; done(error, got); },
           size > 0 ? error_code() : error_code(boost::asio::error::eof), size);
  }
  void write(std::string_view bytes, Done done) override {
    require(!writing_);
    if (closed_) return finish(std::move(done), boost::asio::error::operation_aborted, 0);
    if (answers_ && bytes.starts_with("GET ")) input_.insert(at_, answer_to(std::string(bytes)));
    writing_ = true;
    finish([this, done = std::move(done)](const error_code& error, std::size_t gone) { writing_ = false; done(error, gone); }, {}, bytes.size());
  }
  void finish_writing() override {}
  void close() override { closed_ = true; }

 private:
  void finish(Done done, const error_code& error, std::size_t size) {
    boost::asio::post(io_, [done = std::move(done), error, size] { done(error, size); });
  }
  static std::string answer_to(const std::string& request) {
    const auto at = request.find("Sec-WebSocket-Key: ") + 19;
    const std::string key = request.substr(at, 24) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
    std::array<unsigned char, 32> text{};
    const int size = EVP_EncodeBlock(text.data(), digest.data(), SHA_DIGEST_LENGTH);
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
           std::string(reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)) + "\r\nSec-WebSocket-Protocol: sip\r\n\r\n";
  }

  boost::asio::io_context& io_;
  std::string input_;
  std::size_t at_ = 0, piece_;
  bool answers_, closed_ = false, reading_ = false, writing_ = false;
};

struct Seen {
  std::vector<std::string> messages;
  bool opened = false;
  std::size_t left = 0;  // number of operations that have not completed
};

struct Reader {
  ByteStream& stream;
  Seen& seen;
  std::array<std::uint8_t, 1000> buffer{};
  std::string message{};

  void next() {
    ++seen.left;
    stream.read_some(buffer, [this](const error_code& error, std::size_t size) {
      --seen.left;
      if (error) return;
      message.append(reinterpret_cast<const char*>(buffer.data()), size);
      require(message.size() <= sip::kMaxMessageBytes);
      if (stream.messages()->at_message_end()) seen.messages.push_back(std::exchange(message, {}));
      next();
    });
  }
};

Seen run(unsigned flags, std::size_t piece, const std::string& input) {
  constexpr std::string_view kUpgrade =
      "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n";
  boost::asio::io_context io{1};
  const bool client = (flags & 1U) != 0, made = (flags & 2U) != 0;
  WebSocketSetup setup;
  setup.side = client ? Side::Client : Side::Server;
  setup.host = "a";
  setup.options.origins = {"https://a"};
  if ((flags & 4U) != 0)
    setup.options.pages = std::make_shared<const sip::WebPages>(sip::WebPages{{{"/", "text/html", std::string(5000, 'x')}}, {"a"}, {{"Cache-Control", "no-store"}}});
  setup.message_time = std::chrono::hours(1);
  setup.closing = std::make_shared<std::size_t>(0);
  const auto closing = setup.closing;
  auto carrier = std::make_unique<Memory>(io, (made && !client ? std::string(kUpgrade) : std::string()) + input, piece, made && client);
  auto stream = make_web_socket_stream(io.get_executor(), std::move(carrier), std::move(setup));
  Seen seen;
  Reader reader{*stream, seen};
  ++seen.left;
  stream->open([&](const error_code& error, std::size_t) {
    --seen.left;
    seen.opened = !error;
    if (!error) reader.next();
  });
  io.poll();
  require(seen.opened || !made);
  stream->close();
  io.restart();
  io.poll();
  require(seen.left == 0);
  require(*closing == 0);
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string input(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Seen whole = run(data[0], std::max<std::size_t>(input.size(), 1) + 4096, input);
  const Seen cut = run(data[0], std::max<std::size_t>(data[1], 1), input);
  require(whole.opened == cut.opened && whole.messages == cut.messages);
  return 0;
}
