#include "web_socket_line.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::test;
using namespace std::chrono_literals;
using agent::net::NetError;

namespace {

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
