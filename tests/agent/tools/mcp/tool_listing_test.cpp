#include <offhook/agent/tools/mcp/tool_listing.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent::tools::mcp;
using Next = ToolListing::Next;

namespace {

ToolPage page(std::vector<std::string> names, std::string cursor, std::uint64_t ttl_ms = 0) {
  ToolPage made;
  for (std::string& name : names) {
    made.tools.emplace_back();
    made.tools.back().name = std::move(name);
  }
  made.next_cursor = std::move(cursor);
  made.ttl_ms = ttl_ms;
  return made;
}

}  // namespace

TEST_CASE("ToolListing requests pages while a page has a cursor, and accepts empty pages [MCP 2025-11-25 server/utilities/pagination]") {
  ToolListing listing;
  CHECK(listing.on_page(page({"a"}, "1", 5000), 100) == Next::Ask);
  CHECK(listing.cursor() == "1");
  CHECK(listing.on_page(page({}, "2", 3000), 100) == Next::Ask);
  CHECK(listing.on_page(page({"b"}, "", 4000), 100) == Next::Done);
  CHECK(listing.tools().size() == 2);
  CHECK(listing.ttl_ms() == 3000);
  CHECK(listing.notes().empty());
}

TEST_CASE("If a cursor repeats, ToolListing ends and keeps the tools that it has") {
  ToolListing listing;
  CHECK(listing.on_page(page({"a"}, "1"), 100) == Next::Ask);
  CHECK(listing.on_page(page({"b"}, "2"), 100) == Next::Ask);
  CHECK(listing.on_page(page({"c"}, "1"), 100) == Next::Done);
  CHECK(listing.tools().size() == 3);
  CHECK(listing.notes().size() == 1);
}

TEST_CASE("ToolListing accepts at most kMaxPages pages") {
  ToolListing listing;
  for (std::size_t i = 1; i < kMaxPages; ++i) CHECK(listing.on_page(page({}, std::to_string(i)), 100) == Next::Ask);
  ToolListing last = listing;
  CHECK(listing.on_page(page({}, "more"), 100) == Next::Done);
  CHECK(listing.notes().size() == 1);
  CHECK(last.on_page(page({}, ""), 100) == Next::Done);
  CHECK(last.notes().empty());
}

TEST_CASE("ToolListing bounds the number and the size of the tools, and keeps a repeated tool once") {
  ToolListing listing;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kMaxListedTools; ++i) names.push_back(std::to_string(i));
  CHECK(listing.on_page(page(names, "1"), 100) == Next::Ask);
  CHECK(listing.tools().size() == kMaxListedTools);
  CHECK(listing.on_page(page({"one more"}, "2"), 100) == Next::Done);
  CHECK(listing.tools().size() == kMaxListedTools);
  CHECK(listing.notes().size() == 1);

  ToolListing large;
  auto heavy = page({"a", "b", "c"}, "");
  heavy.tools[0].description = std::string(kMaxListedBytes - 3, 'x');
  CHECK(large.on_page(heavy, 100) == Next::Done);
  CHECK(large.tools().size() == 3);
  ToolListing larger;
  heavy.tools[0].description += "x";
  CHECK(larger.on_page(heavy, 100) == Next::Done);
  CHECK(larger.tools().size() == 2);

  ToolListing twice;
  CHECK(twice.on_page(page({"a", "a"}, ""), 100) == Next::Done);
  CHECK(twice.tools().size() == 1);
  CHECK(twice.notes().size() == 1);
}

TEST_CASE("ToolListing bounds the octets of all pages together") {
  ToolListing listing;
  CHECK(listing.on_page(page({}, "1"), kMaxReadBytes) == Next::Ask);
  CHECK(listing.on_page(page({}, "2"), 1) == Next::Done);
  CHECK(listing.notes().size() == 1);
}
