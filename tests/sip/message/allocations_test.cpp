#include "allocations.hpp"
#include "support.hpp"

#include <offhook/sip/message/writer.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::uint64_t> operator_new_calls{0};
}  // namespace

std::uint64_t offhook_test::allocations() {
  return operator_new_calls.load();
}

// Replaces the allocator of this test program. The nothrow and array forms call these functions.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++operator_new_calls;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}
// noinline, because g++ would otherwise take delete for the delete of another allocator.
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace offhook::sip;

namespace {

std::string usual_invite() {
  test::Request request;
  request.method = "INVITE";
  request.cseq = "7 INVITE";
  request.more =
      "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK2\r\nRecord-Route: <sip:p1.example;lr>, <sip:p2.example;lr>\r\nRoute: "
      "<sip:p3.example;lr>\r\nContact: \"Ada\" <sip:ada@192.0.2.1;transport=udp>\r\nMax-Forwards: 70\r\nRequire: timer\r\n"
      "Supported: timer, replaces\r\nAllow: INVITE, ACK, BYE\r\nSession-Expires: 1800;refresher=uac\r\n"
      "Authorization: Digest username=\"ada\", realm=\"pbx\", nonce=\"n\", uri=\"sip:h\", response=\"0\"\r\n"
      "Content-Type: application/sdp\r\n";
  request.content_length = "5";
  request.body = "v=0\r\n";
  return request.text();
}

/// Parses the message with every typed accessor. Returns how many values it found.
std::size_t read_everything(SlabPool& pool, const std::string& text) {
  const auto message = parse_message(pool.copy(test::bytes_of(text)));
  REQUIRE(message);
  std::size_t seen =
      message->from().tag().has_value() + message->max_forwards().has_value() + message->content_length().has_value();
  auto vias = message->vias();
  while (vias.next() != nullptr) ++seen;
  for (auto list : {message->contacts(), message->routes(), message->record_routes()}) {
    while (list.next() != nullptr) ++seen;
  }
  for (const auto name : {HeaderName::Require, HeaderName::Supported, HeaderName::Allow}) {
    auto tokens = message->tokens(name);
    while (tokens.next()) ++seen;
  }
  seen += message->lists(HeaderName::Allow, "BYE") + message->session_expires().has_value();
  return seen + (message->authorization().has_value() ? 1 : 0) + (message->content_type() == "application/sdp" ? 1 : 0);
}

}  // namespace

TEST_CASE("parsing a message and reading it through every typed accessor allocates nothing after the first slab") {
  SlabPool pool;
  const auto text = usual_invite();
  CHECK(read_everything(pool, text) == 19);
  const auto before = offhook_test::allocations();
  for (int i = 0; i < 10; ++i) (void)read_everything(pool, text);
  CHECK(offhook_test::allocations() == before);
  const std::string large = text + std::string(SlabPool::kSmallBytes, ' ');  // This text needs a slab of the larger size.
  (void)read_everything(pool, large);
  const auto again = offhook_test::allocations();
  (void)read_everything(pool, large);
  CHECK(offhook_test::allocations() == again);
}

TEST_CASE("parse_message allocates nothing when it refuses a message") {
  SlabPool pool;
  auto text = usual_invite();
  text.replace(text.find("7 INVITE"), 8, "7 INVALI");
  const auto refuse = [&] { return parse_message(pool.copy(test::bytes_of(text))).has_value(); };
  CHECK_FALSE(refuse());
  const auto before = offhook_test::allocations();
  for (int i = 0; i < 10; ++i) (void)refuse();
  CHECK(offhook_test::allocations() == before);
}

TEST_CASE("Writer allocates nothing if its string already has enough capacity") {
  const auto text = usual_invite();
  const auto invite = parse_message(Slab::exact(test::bytes_of(text)));
  REQUIRE(invite);
  const offhook::base::SocketAddress source{offhook::base::IpAddress::v4({192, 0, 2, 1}), 5060};
  const std::string body(2000, 'x');
  std::string sent;
  const auto write = [&] {
    sent = Writer::request("INVITE", "sip:ada@pbx.example", std::move(sent))
               .header(HeaderName::Via, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1")
               .header(HeaderName::MaxForwards, 70)
               .header("X-Own", "v")
               .finish("application/sdp", body);
    sent = Writer::response(*invite, 200, "OK", "tag", source, std::move(sent)).finish("application/sdp", body);
  };
  write();
  write();
  const auto before = offhook_test::allocations();
  for (int i = 0; i < 10; ++i) write();
  CHECK(offhook_test::allocations() == before);
  CHECK(parse_message(Slab::exact(test::bytes_of(sent))));
}
