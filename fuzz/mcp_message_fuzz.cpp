// The input is a message of the Model Context Protocol, and also the content of its results. Checks that the parsers keep their bounds.
#include "require.hpp"

#include <offhook/agent/tools/argument_schema.hpp>
#include <offhook/agent/tools/mcp/catalog.hpp>
#include <offhook/agent/tools/mcp/requests.hpp>
#include <offhook/agent/tools/mcp/rpc_message.hpp>
#include <offhook/agent/tools/mcp/tool_answer.hpp>
#include <offhook/agent/tools/mcp/tool_listing.hpp>
#include <offhook/agent/tools/tool_names.hpp>
#include <offhook/agent/tools/tool_text.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook::agent::tools;
using namespace offhook::agent::tools::mcp;
using offhook::fuzz::require;

namespace {

void judge(const RpcMessage& message) {
  using Kind = RpcMessage::Kind;
  require(message.id.size() <= kMaxIdBytes && message.method.size() <= kMaxMethodBytes);
  require((message.kind == Kind::Request || message.kind == Kind::Notification) == !message.method.empty());
  if (message.kind != Kind::Request) return;
  // After it is written, the server's id must still be one id in one line.
  const auto answer = read_messages(write_answer(message.id, "{}"));
  require(answer.has_value() && answer->size() == 1 && answer->front().id == message.id);
  require(write_refusal(message.id, kMethodNotFound, message.method).find('\n') == std::string::npos);
}

void judge(const ToolPage& page) {
  PinStore pins({}, Unpinned::TrustFirst);
  std::vector<CatalogNote> notes;
  const Catalog catalog = make_catalog({"s", true}, page.tools, pins, notes);
  require(catalog.tools.size() == catalog.descriptions.size());
  for (const auto& described : catalog.descriptions) {
    require(described.name.starts_with("s__") && described.name.size() <= kMaxModelName);
    (void)ArgumentSchema::parse(described.parameters);
  }
  for (const ToolDefinition& tool : page.tools) {
    require(tool.hash.size() == 64 && !tool.name.empty() && tool.name.size() <= kMaxToolName);
    for (const HeaderValue& value : header_values(tool.headers, R"({"a":"b\n","c":{"d":1}})"))
      require((value.header + value.value).find_first_of("\r\n") == std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto messages = read_messages(text)) {
    require(messages->size() <= kMaxBatch);
    for (const RpcMessage& message : *messages) judge(message);
  }
  if (const auto page = read_tool_page(text)) judge(*page);
  for (const bool has_schema : {false, true}) {
    const auto answer = read_tool_answer(text, has_schema);
    require(!answer || (!answer->text.empty() && answer->text.size() <= kMaxResultBytes + 4));
  }
  (void)read_discovery(text);
  (void)read_supported(text);
  (void)read_initialization(text);
  require(encode_header_value(text).find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
  require(model_name("s", text).size() <= kMaxModelName);
  return 0;
}
