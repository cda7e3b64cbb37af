#include <offhook/agent/support/json_in.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent;

namespace {

std::string padded(std::size_t octets) { return "{}" + std::string(octets - 2, ' '); }

}  // namespace

TEST_CASE("A Parser releases the memory of a large document when it parses the next small document") {
  json::Parser parser;
  CHECK(json::parse(parser, padded(json::kMaxKept)));
  const std::size_t kept = parser.capacity();
  CHECK(kept >= json::kMaxKept);
  CHECK(json::parse(parser, "[1]"));
  CHECK(parser.capacity() == kept);
  CHECK(json::parse(parser, padded(json::kMaxKept + 1)));
  CHECK(parser.capacity() > json::kMaxKept);
  CHECK(json::parse(parser, "[1]"));
  CHECK(parser.capacity() <= json::kMaxKept);
  CHECK_FALSE(json::parse(parser, ""));
}
