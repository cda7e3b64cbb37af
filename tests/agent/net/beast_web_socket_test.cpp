// Tests with real sockets on loopback, against a server that uses Beast. They assert no durations: a time limit is short in a test that
// must reach the limit, and long in all other tests.
#include <offhook/agent/net/beast_web_socket.hpp>
#include <offhook/tests/services/certificate.hpp>
#include <offhook/tests/services/web_server.hpp>

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

using namespace offhook;
using namespace std::chrono_literals;
using agent::net::NetError;
using agent::net::WebSocketClosed;
using agent::net::WebSocketHandler;
using agent::net::WebSocketRequest;

// Counts the allocations of this thread.
namespace {
thread_local std::size_t allocations = 0;
}
// g++ reports a mismatch when it sees free() for memory of the replaced operator new.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
// noinline: if g++ inlined these functions, it would see malloc() with delete, or new with free(), and report a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* at = std::malloc(size != 0 ? size : 1)) return at;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* at) noexcept { std::free(at); }
[[gnu::noinline]] void operator delete(void* at, std::size_t) noexcept { std::free(at); }

namespace {

const services::Certificate& certificate() {
  static const services::Certificate kMade = services::make_certificate();
  return kMade;
}

struct CaFile {
  std::string path = (std::filesystem::temp_directory_path() / ("offhook_net_test_" + std::to_string(::getpid()) + "_" + std::to_string(++made) + ".pem")).string();
  inline static int made = 0;
  explicit CaFile(const std::string& pem) { std::ofstream(path) << pem; }
  ~CaFile() { std::filesystem::remove(path); }
};

/// The server's side of a WebSocket; a text message selects its behaviour.
class Echo final : public services::Visitor {
 public:
  Echo(std::atomic<int>& received, std::atomic<int>& pings) : received_(received), pings_(pings) {}
  void on_text(services::Peer& peer, std::string_view text) override {
    ++received_;
    if (text == "close") return peer.close(4001, "as asked");
    if (text == "close without a code") return peer.close(0, "");
    if (text == "drop") return peer.drop();
    if (text == "garbage") return peer.send_raw(std::string(32, static_cast<char>(0xFF)));
    if (text == "bad text") return peer.send_text("\xC3\x28");
    if (text == "split") return peer.send_split("a message in several frames", 5);
    if (text == "resumed?") return peer.send_text(peer.resumed_tls() ? "yes" : "no");
    if (text.starts_with("send ")) return peer.send_text(std::string(static_cast<std::size_t>(std::atol(std::string(text.substr(5)).c_str())), 'x'));
    peer.send_text(std::string(text));
  }
  void on_binary(services::Peer& peer, std::string_view bytes) override { peer.send_binary(std::string(bytes)); }
  void on_ping(services::Peer&) override { ++pings_; }

 private:
  std::atomic<int>&received_, &pings_;
};

struct House {
  std::mutex mutex;
  std::vector<services::WebRequest> requests;
  std::atomic<int> received{0};  ///< number of received text messages
  std::atomic<int> pings{0};
  std::unique_ptr<services::WebServer> server;

  explicit House(services::ServerOptions options = {}) {
    server = services::WebServer::open(std::move(options), [this](services::Peer& peer, const services::WebRequest& request) -> std::unique_ptr<services::Visitor> {
      const std::lock_guard lock(mutex);
      requests.push_back(request);
      if (request.target == "/401") {
        peer.answer(401, {{"content-type", "application/json"}}, R"({"error":{"message":"Incorrect API key provided: sk-secret"}})");
      } else if (request.target == "/429") {
        peer.answer(429, {{"retry-after", "7"}, {"X-Reason", "too many"}}, std::string(5000, 'x'));
      } else if (request.target == "/200") {
        peer.answer(200, {}, "no WebSocket here");
      } else if (request.target == "/nonsense") {
        peer.send_raw("220 mail.example.com ESMTP\r\n\r\n");
      } else if (request.target == "/never") {
      } else {
        peer.upgrade();
        if (request.target == "/deaf") peer.stop_reading();
        if (request.target == "/greeting") peer.send_text("hello");
        return std::make_unique<Echo>(received, pings);
      }
      return nullptr;
    });
    REQUIRE(server != nullptr);
  }
  [[nodiscard]] std::string url(const std::string& path, const std::string& host = "127.0.0.1", const std::string& scheme = "ws") const {
    return scheme + "://" + host + ":" + std::to_string(server->port()) + path;
  }
};

struct SecureHouse : House {
  SecureHouse() : House({certificate().certificate_pem, certificate().key_pem, false}) {}
};

/// One client socket, and its received messages and events.
struct Line {
  bool open = false;
  std::vector<std::string> texts, binaries;
  std::vector<WebSocketClosed> closed;
  std::function<void()> on_open, on_text, on_closed;
  std::unique_ptr<agent::net::WebSocket> socket;

  WebSocketHandler handler() {
    return {[this] {
              open = true;
              if (on_open) on_open();
            },
            [this](std::string_view text) {
              texts.emplace_back(text);
              if (on_text) on_text();
            },
            [this](std::string_view bytes) { binaries.emplace_back(bytes); },
            [this](const WebSocketClosed& why) {
              closed.push_back(why);
              if (on_closed) on_closed();
            }};
  }
};

struct Caller {
  boost::asio::io_context io;
  CaFile ca{certificate().certificate_pem};
  std::unique_ptr<agent::net::WebSocketClient> client;

  explicit Caller(bool trusts = true) {
    auto made = agent::net::make_beast_web_socket_client(io, {trusts ? ca.path : "", 300ms});
    REQUIRE(made.has_value());
    client = std::move(*made);
  }
  void open(Line& line, WebSocketRequest request) { line.socket = client->open(std::move(request), line.handler()); }
  void open(Line& line, const std::string& url) {
    WebSocketRequest request;
    request.url = url;
    request.connect_limit = 20s;
    open(line, std::move(request));
  }
  /// Runs the event loop until the condition holds, and fails if it does not hold in time.
  template <class Condition>
  void until(Condition is_so) {
    const auto limit = base::Clock::now() + 20s;
    while (!is_so() && base::Clock::now() < limit) {
      io.restart();
      io.run_one_for(50ms);
    }
    REQUIRE(is_so());
  }
};

std::string two_way_test(Caller& caller, const std::string& url) {
  Line line;
  caller.open(line, url);
  line.socket->send_text("before it is open");
  caller.until([&] { return line.texts.size() == 1; });
  CHECK(line.open);
  line.socket->send_binary(std::string("\0\xFF", 2));
  line.socket->send_text(std::string(100000, 'y'));
  line.socket->send_text("");
  caller.until([&] { return line.texts.size() == 3; });
  REQUIRE(line.binaries.size() == 1);
  CHECK(line.binaries[0] == std::string("\0\xFF", 2));
  CHECK(line.texts[1] == std::string(100000, 'y'));
  CHECK(line.texts[2].empty());
  line.socket->close(1000, "done");
  line.socket->close(1000, "twice");
  line.socket->send_text("too late");
  caller.until([&] { return !line.closed.empty(); });
  REQUIRE(line.closed.size() == 1);
  CHECK(!line.closed[0].error.has_value());
  CHECK(line.closed[0].code == 1000);
  return line.texts[0];
}

}  // namespace

TEST_CASE_FIXTURE(House, "Text and binary messages arrive in order in both directions, including a message sent before the socket opened") {
  Caller caller;
  CHECK(two_way_test(caller, url("/echo")) == "before it is open");
}

TEST_CASE_FIXTURE(SecureHouse, "Messages arrive in both directions over TLS, both with a host name in the URL and with an IP address") {
  Caller caller;
  CHECK(two_way_test(caller, url("/echo", "localhost", "wss")) == "before it is open");
  CHECK(two_way_test(caller, url("/echo", "127.0.0.1", "wss")) == "before it is open");
}

TEST_CASE_FIXTURE(SecureHouse, "The handshake has the client's headers and the URL's target without change, and offers no compression") {
  Caller caller;
  Line line;
  WebSocketRequest request;
  request.url = url("/v1/realtime?model=gpt-realtime", "localhost", "wss");
  request.headers = {{"Authorization", "Bearer key"}, {"OpenAI-Project", "p"}};
  caller.open(line, request);
  caller.until([&] { return line.open; });
  const std::lock_guard lock(mutex);
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].target == "/v1/realtime?model=gpt-realtime");
  CHECK(requests[0].header("authorization") == "Bearer key");
  CHECK(requests[0].header("openai-project") == "p");
  CHECK(requests[0].header("host") == "localhost:" + std::to_string(server->port()));
  CHECK(requests[0].header("sec-websocket-extensions").empty());
  CHECK(requests[0].header("user-agent") == "Offhook");
}

TEST_CASE_FIXTURE(SecureHouse, "The second socket to a host resumes the TLS session of the first") {
  Caller caller;
  for (const char* expected : {"no", "yes", "yes"}) {
    Line line;
    caller.open(line, url("/echo", "localhost", "wss"));
    line.socket->send_text("resumed?");
    caller.until([&] { return line.texts.size() == 1; });
    CHECK(line.texts[0] == expected);
  }
}

TEST_CASE("The handshake fails if the server's certificate is not trusted, or is for another host") {
  const SecureHouse stranger;
  Caller distrusting(false);
  Line line;
  distrusting.open(line, stranger.url("/echo", "localhost", "wss"));
  distrusting.until([&] { return !line.closed.empty(); });
  REQUIRE(line.closed[0].error.has_value());
  CHECK(line.closed[0].error->what == NetError::What::Tls);
  CHECK(line.closed[0].error->detail.find("is not trusted") != std::string::npos);
  CHECK(!line.open);

  const auto elsewhere = services::make_certificate({"elsewhere.example.com"});
  const House other({elsewhere.certificate_pem, elsewhere.key_pem, false});
  const CaFile its_file(elsewhere.certificate_pem);
  Caller caller;
  caller.client = std::move(*agent::net::make_beast_web_socket_client(caller.io, {its_file.path, 300ms}));
  for (const char* host : {"localhost", "127.0.0.1"}) {
    Line wrong;
    caller.open(wrong, other.url("/echo", host, "wss"));
    caller.until([&] { return !wrong.closed.empty(); });
    REQUIRE(wrong.closed[0].error.has_value());
    CHECK(wrong.closed[0].error->what == NetError::What::Tls);
    INFO(wrong.closed[0].error->detail);
    CHECK(wrong.closed[0].error->detail.find(host[0] == 'l' ? "hostname mismatch" : "IP address mismatch") != std::string::npos);
  }
}

TEST_CASE("make_beast_web_socket_client() returns an error if it cannot read the CA file") {
  boost::asio::io_context io;
  const auto made = agent::net::make_beast_web_socket_client(io, {"/nonexistent/ca.pem", 1s});
  REQUIRE(!made.has_value());
  CHECK(made.error().detail.find("/nonexistent/ca.pem") != std::string::npos);
}

TEST_CASE("wss to a server without TLS, and ws to a server with TLS, fail before the time limit") {
  const House plain;
  const SecureHouse secure;
  Caller caller;
  Line line, other;
  caller.open(line, plain.url("/echo", "localhost", "wss"));
  caller.until([&] { return !line.closed.empty(); });
  REQUIRE(line.closed[0].error.has_value());
  CHECK(line.closed[0].error->what != NetError::What::Timeout);
  caller.open(other, secure.url("/echo"));
  caller.until([&] { return !other.closed.empty(); });
  REQUIRE(other.closed[0].error.has_value());
  CHECK(other.closed[0].error->what != NetError::What::Timeout);
}

TEST_CASE_FIXTURE(House, "The error of a refused handshake has the status and Retry-After, but no text of the response body") {
  Caller caller;
  Line unauthorised, too_many, none;
  caller.open(unauthorised, url("/401"));
  caller.open(too_many, url("/429"));
  caller.open(none, url("/200"));
  caller.until([&] { return unauthorised.closed.size() + too_many.closed.size() + none.closed.size() == 3; });
  CHECK(unauthorised.closed[0].status == 401);
  REQUIRE(unauthorised.closed[0].error.has_value());
  CHECK(unauthorised.closed[0].error->what == NetError::What::Refused);
  CHECK(unauthorised.closed[0].error->detail.find("secret") == std::string::npos);
  CHECK(too_many.closed[0].status == 429);
  CHECK(too_many.closed[0].retry_after == "7");
  CHECK(std::count(too_many.closed[0].headers.begin(), too_many.closed[0].headers.end(), std::pair<std::string, std::string>("x-reason", "too many")) == 1);
  CHECK(none.closed[0].status == 200);
}

TEST_CASE_FIXTURE(House, "The client reports an error if the server answers with another protocol, or does not answer the handshake") {
  const House mute({"", "", true});
  Caller caller;
  Line nonsense, never, mute_tls, mute_plain;
  caller.open(nonsense, url("/nonsense"));
  WebSocketRequest request;
  request.connect_limit = 300ms;
  request.url = url("/never");
  caller.open(never, request);
  request.url = mute.url("/", "localhost", "wss");
  caller.open(mute_tls, request);
  request.url = mute.url("/");
  caller.open(mute_plain, request);
  caller.until([&] { return nonsense.closed.size() + never.closed.size() + mute_tls.closed.size() + mute_plain.closed.size() == 4; });
  REQUIRE(nonsense.closed[0].error.has_value());
  CHECK(nonsense.closed[0].error->what == NetError::What::Protocol);
  for (const Line* line : {&never, &mute_tls, &mute_plain}) {
    REQUIRE(line->closed[0].error.has_value());
    CHECK(line->closed[0].error->what == NetError::What::Timeout);
    CHECK(line->closed[0].code == 1006);
  }
}

TEST_CASE_FIXTURE(SecureHouse, "If its thread stalls for longer than the connect limit, the client still opens its sockets. A silent server causes a timeout") {
  const House mute({"", "", true});
  Caller caller;
  Line line, silent;
  WebSocketRequest request;
  request.connect_limit = 2s;
  request.url = url("/echo", "localhost", "wss");
  caller.open(line, request);
  request.url = mute.url("/", "localhost", "wss");
  caller.open(silent, request);
  while (caller.io.poll_one() == 0) {
  }
  for (const auto end = base::Clock::now() + request.connect_limit * 5 / 4; base::Clock::now() < end;) {  // Keeps the thread busy while the peers answer.
  }
  caller.until([&] { return line.open; });
  caller.until([&] { return silent.closed.size() == 1; });
  CHECK(silent.closed[0].error->what == NetError::What::Timeout);
  CHECK(line.closed.empty());
}

TEST_CASE("The client reports an error for an unused port, an unknown host, a bad URL and a header with a line break") {
  Caller caller;
  Line refused, nowhere, no_url, bad_header;
  std::uint16_t port = 0;
  { port = House().server->port(); }
  caller.open(refused, "ws://127.0.0.1:" + std::to_string(port) + "/");
  caller.open(nowhere, "ws://" + std::string(64, 'a') + ".invalid/");  // The label is too long for a DNS query.
  caller.open(no_url, "http://127.0.0.1/");
  WebSocketRequest request;
  request.url = "ws://127.0.0.1/";
  request.headers = {{"Authorization", "Bearer secret\r\nX: y"}};
  caller.open(bad_header, request);
  CHECK(no_url.closed.empty());  // on_closed never comes from within open().
  caller.until([&] { return refused.closed.size() + nowhere.closed.size() + no_url.closed.size() + bad_header.closed.size() == 4; });
  CHECK(refused.closed[0].error->what == NetError::What::Refused);
  CHECK(nowhere.closed[0].error->what == NetError::What::NotFound);
  CHECK(no_url.closed[0].error->what == NetError::What::Local);
  CHECK(bad_header.closed[0].error->what == NetError::What::Local);
  CHECK(bad_header.closed[0].error->detail.find("secret") == std::string::npos);
}

TEST_CASE_FIXTURE(SecureHouse, "The client reads a message that comes in several frames, and a message that comes together with the handshake response") {
  Caller caller;
  Line line;
  caller.open(line, url("/greeting", "localhost", "wss"));
  caller.until([&] { return line.texts.size() == 1; });
  CHECK(line.texts[0] == "hello");
  line.socket->send_text("split");
  caller.until([&] { return line.texts.size() == 2; });
  CHECK(line.texts[1] == "a message in several frames");
}

TEST_CASE_FIXTURE(SecureHouse, "on_closed reports how the peer ended the socket: with a close frame, without a close frame, or by a protocol error") {
  Caller caller;
  Line closes, closes_without_code, drops, garbage, bad_text;
  const auto open = [&](Line& line, const char* wish) {
    caller.open(line, url("/echo", "localhost", "wss"));
    line.socket->send_text(wish);
    caller.until([&] { return line.closed.size() == 1; });
  };
  open(closes, "close");
  CHECK(closes.closed[0].code == 4001);
  CHECK(closes.closed[0].reason == "as asked");
  CHECK(!closes.closed[0].error.has_value());
  open(closes_without_code, "close without a code");
  CHECK(closes_without_code.closed[0].code == 1005);
  CHECK(!closes_without_code.closed[0].error.has_value());
  open(drops, "drop");
  CHECK(drops.closed[0].code == 1006);
  CHECK(drops.closed[0].error->what == NetError::What::Closed);
  open(garbage, "garbage");
  CHECK(garbage.closed[0].error->what == NetError::What::Protocol);
  open(bad_text, "bad text");
  CHECK(bad_text.closed[0].error->what == NetError::What::Protocol);
}

TEST_CASE_FIXTURE(House, "The client accepts a message of max_message octets, and closes the socket for a message with one octet more") {
  Caller caller;
  Line line;
  WebSocketRequest request;
  request.url = url("/echo");
  request.max_message = 200000;
  caller.open(line, request);
  line.socket->send_text("send 200000");
  caller.until([&] { return line.texts.size() == 1; });
  CHECK(line.texts[0].size() == 200000);
  line.socket->send_text("send 200001");
  caller.until([&] { return line.closed.size() == 1; });
  CHECK(line.closed[0].error->what == NetError::What::TooLarge);
  CHECK(line.closed[0].code == 1009);
}

TEST_CASE_FIXTURE(House, "At most max_unsent octets may wait to be sent. If one more octet is added, the client closes the socket") {
  Caller caller;
  Line line, longer;
  WebSocketRequest request;
  request.max_unsent = 1000;
  request.url = url("/echo");
  caller.open(line, request);
  caller.open(longer, request);
  line.socket->send_text(std::string(400, 'a'));
  line.socket->send_text(std::string(600, 'b'));
  longer.socket->send_text(std::string(400, 'a'));
  longer.socket->send_text(std::string(601, 'b'));
  CHECK(longer.closed.empty());  // on_closed never comes from within send_text().
  caller.until([&] { return line.texts.size() == 2 && longer.closed.size() == 1; });
  CHECK(line.closed.empty());
  CHECK(longer.closed[0].error->what == NetError::What::Closed);
}

TEST_CASE_FIXTURE(SecureHouse, "When the server stops reading, the socket closes at its memory limit") {
  Caller caller;
  Line line;
  caller.open(line, url("/deaf", "localhost", "wss"));
  caller.until([&] { return line.open; });
  const std::string frame(100000, 'z');
  caller.until([&] {
    line.socket->send_text(frame);
    return line.closed.size() == 1;
  });
  CHECK(line.closed[0].error->what == NetError::What::Closed);
  CHECK(line.closed[0].code == 1006);
}

TEST_CASE_FIXTURE(House, "The client keeps a quiet socket open while the server answers pings, and closes the socket after an unanswered ping [RFC 6455 section 5.5.2]") {
  Caller caller;
  Line answered, unanswered, closing;
  WebSocketRequest request;
  request.ping_every = 1500ms;
  request.url = url("/echo");
  caller.open(answered, request);
  request.ping_every = 400ms;
  request.url = url("/deaf");
  caller.open(unanswered, request);
  caller.until([&] { return unanswered.closed.size() == 1; });
  CHECK(unanswered.open);
  CHECK(unanswered.closed[0].error->detail.find("ping") != std::string::npos);
  CHECK(unanswered.closed[0].code == 1006);
  caller.open(closing, request);
  caller.until([&] { return closing.closed.size() == 1 && pings >= 3; });  // Only the server of `answered` counts pings, because the other servers do not read.
  CHECK(answered.closed.empty());
  answered.socket->send_text("still here");
  caller.until([&] { return answered.texts.size() == 1; });
}

TEST_CASE_FIXTURE(House, "After close(), the client waits for the peer's close frame only until the limit") {
  Caller caller;
  Line line;
  WebSocketRequest request;
  request.url = url("/deaf");
  caller.open(line, request);
  caller.until([&] { return line.open; });
  line.socket->close(1000, "bye");
  caller.until([&] { return line.closed.size() == 1; });
  CHECK(line.closed[0].code == 1006);
  CHECK(line.closed[0].error->what == NetError::What::Timeout);
}

TEST_CASE_FIXTURE(SecureHouse, "Messages sent before close() arrive before the close frame") {
  Caller caller;
  Line line;
  caller.open(line, url("/echo", "localhost", "wss"));
  caller.until([&] { return line.open; });
  for (int i = 0; i < 50; ++i) line.socket->send_text(std::to_string(i));
  line.socket->close(1000, "");
  caller.until([&] { return line.closed.size() == 1; });
  CHECK(received == 50);
  CHECK(!line.closed[0].error.has_value());
}

TEST_CASE("A socket may be destroyed in any state, even in its own handlers. After that it calls no handler") {
  const SecureHouse secure;
  const House plain, mute({"", "", true});
  Caller caller;
  const auto url = secure.url("/echo", "localhost", "wss");
  SUBCASE("the socket is destroyed before the first event") {
    Line line;
    caller.open(line, url);
    line.socket.reset();
    caller.io.run_for(50ms);
    CHECK(!line.open);
    CHECK(line.closed.empty());
  }
  SUBCASE("the socket is destroyed at each step of its connection") {
    for (int steps = 1; steps < 40; ++steps) {
      Line line;
      caller.open(line, url);
      line.socket->send_text("x");
      for (int i = 0; i < steps; ++i) caller.io.run_one_for(5ms);
      const bool was_open = line.open;
      const auto heard = line.texts.size();
      line.socket.reset();
      caller.io.restart();
      caller.io.run_for(2ms);
      CHECK(line.open == was_open);
      CHECK(line.texts.size() == heard);
      CHECK(line.closed.empty());
    }
  }
  SUBCASE("the socket is destroyed while the server does not respond") {
    Line line;
    caller.open(line, mute.url("/", "localhost", "wss"));
    caller.io.run_for(50ms);
    line.socket.reset();
    caller.io.restart();
    caller.io.run_for(50ms);
    CHECK(line.closed.empty());
  }
  SUBCASE("the socket is destroyed in on_open, on_text and on_closed") {
    Line opens, texts, closes;
    opens.on_open = [&] { opens.socket.reset(); };
    texts.on_text = [&] { texts.socket.reset(); };
    closes.on_closed = [&] { closes.socket.reset(); };
    caller.open(opens, url);
    caller.open(texts, url);
    caller.open(closes, plain.url("/401"));
    texts.socket->send_text("x");
    caller.until([&] { return !opens.socket && !texts.socket && !closes.socket; });
    caller.io.restart();
    caller.io.run_for(50ms);
    CHECK(texts.texts.size() == 1);
    CHECK(texts.closed.empty());
    CHECK(opens.closed.empty());
  }
  SUBCASE("the socket is destroyed while it closes, and while it has unsent messages") {
    Line closing, sending;
    caller.open(closing, plain.url("/deaf"));
    caller.open(sending, url);
    caller.until([&] { return closing.open && sending.open; });
    closing.socket->close(1000, "");
    for (int i = 0; i < 100; ++i) sending.socket->send_text(std::string(10000, 'x'));
    closing.socket.reset();
    sending.socket.reset();
    caller.io.restart();
    caller.io.run_for(500ms);
    CHECK(closing.closed.empty());
    CHECK(sending.closed.empty());
  }
  SUBCASE("the client is destroyed first, then its sockets, then the io_context") {
    Line line;
    caller.open(line, url);
    caller.until([&] { return line.open; });
    caller.client.reset();
    line.socket->send_text("x");
    caller.until([&] { return line.texts.size() == 1; });
  }
}

TEST_CASE_FIXTURE(SecureHouse, "After the first frames of a socket, sending a frame allocates no memory") {
  Caller caller;
  Line line;
  caller.open(line, url("/echo", "localhost", "wss"));
  line.texts.reserve(4096);
  const std::string frame(300, 'x');  // 20 ms of G.711 as base64 in JSON
  std::size_t sent = 0, within = 0;
  const auto turn = [&](std::size_t frames) {
    for (std::size_t i = 0; i < frames; ++i) {
      const auto before = allocations;
      line.socket->send_text(frame);
      within += allocations - before;
      ++sent;
      caller.until([&] { return line.texts.size() == sent; });
    }
  };
  turn(100);
  within = 0;
  const auto before = allocations;
  turn(500);
  CHECK(within == 0);
  // For each received text the test makes one allocation, for its own copy. The client makes none.
  CHECK(allocations - before <= 500);
}

TEST_CASE_FIXTURE(SecureHouse, "Each of two hundred simultaneous sockets gets its own echo") {
  Caller caller;
  std::vector<Line> lines(200);
  for (auto& line : lines) caller.open(line, url("/echo", "localhost", "wss"));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (int k = 0; k < 5; ++k) lines[i].socket->send_text(std::to_string(i) + "/" + std::to_string(k));
  }
  caller.until([&] { return std::all_of(lines.begin(), lines.end(), [](const Line& line) { return line.texts.size() == 5; }); });
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(lines[i].texts[4] == std::to_string(i) + "/4");
}
