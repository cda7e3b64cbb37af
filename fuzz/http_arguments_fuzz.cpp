// The input is the arguments of a model for an operation. Checks that the request either goes to the path of the operation or is not sent.
#include "require.hpp"

#include <offhook/agent/net/web_socket_url.hpp>
#include <offhook/agent/tools/arguments.hpp>
#include <offhook/agent/tools/http/answer.hpp>
#include <offhook/agent/tools/http/bound_request.hpp>
#include <offhook/agent/tools/http/percent.hpp>
#include <offhook/agent/tools/tool_text.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook::agent;
using namespace offhook::agent::tools;
using namespace offhook::agent::tools::http;
using offhook::fuzz::require;

namespace {

constexpr std::string_view kDocument = R"({"openapi":"3.1.0","paths":{"/a/{x}/b{y}.{z}/c":{"parameters":[
  {"name":"x","in":"path","required":true,"schema":{}},{"name":"y","in":"path","required":true,"schema":{"type":"array"}},
  {"name":"z","in":"path","required":true,"schema":{"type":["integer","string"]}},{"name":"q","in":"query","schema":{"type":"array"}},
  {"name":"r[]","in":"query","explode":false,"schema":{"type":"array"}},{"name":"X-H","in":"header","schema":{}}],
  "post":{"operationId":"a","requestBody":{"content":{"application/json":{}}}},
  "put":{"operationId":"b","requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","properties":{"m":{},"n":{}}}}}}}}}})";

void judge_target(const std::string& target) {
  require(target.size() <= kMaxTargetBytes);
  require(std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7F && c != '#' && c != '\\'; }));
  const std::string path = target.substr(0, target.find('?'));
  require(std::count(path.begin(), path.end(), '/') == 4);
  require(std::count(target.begin(), target.end(), '?') <= 1);
  require(path.starts_with("/a/") && path.ends_with("/c") && path.find("/b", 3) != std::string::npos);
  const auto decoded = percent_decoded(path);  // A service decodes the path once. The result must have no dot segments.
  require(decoded.has_value());
  for (const char* step : {"/../", "/./", "\\..\\", "/..\\", "\\../"}) require(decoded->find(step) == std::string::npos);
}

void judge(const BoundRequest& request) {
  judge_target(request.target);
  for (const auto& [name, value] : request.headers) require(name == "X-H" && net::is_header_safe(name, value) && value.size() <= kMaxHeaderValueBytes);
  if (!request.has_body) return require(request.body.empty());
  const auto body = read_arguments(R"({"body":)" + request.body + "}");  // This is one level deeper and slightly longer than the input.
  require(body || body.error() == ArgumentError::TooDeep || body.error() == ArgumentError::TooLong || body.error() == ArgumentError::TooMany);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto operations = read_operations(kDocument, {"a", "b"});
  require(operations.has_value());
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Operation& operation : *operations) {
    const auto bound = bind_arguments(operation, text);
    require(bound.has_value() || bound.error().ends_with('.'));
    if (bound) judge(*bound);
  }
  for (const char* type : {"application/json", "text/plain", "image/png"}) {
    const Answer answer = read_answer({"POST", size > 0 && data[0] == '!' ? 409 : 200, type, std::string(text), std::nullopt}, {"s3cret"});
    require(!answer.text.empty() && answer.text.size() <= kMaxResultBytes + 4 && answer.text.find("s3cret") == std::string::npos);
  }
  return 0;
}
