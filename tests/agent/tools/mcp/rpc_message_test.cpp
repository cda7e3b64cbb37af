#include <offhook/agent/tools/mcp/rpc_message.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent::tools::mcp;
using Kind = RpcMessage::Kind;

namespace {

RpcMessage one(std::string_view json) {
  const auto read = read_messages(json);
  REQUIRE_MESSAGE(read.has_value(), json);
  REQUIRE(read->size() == 1);
  return read->front();
}

RpcError error_of(std::string_view json) {
  const auto read = read_messages(json);
  REQUIRE_FALSE(read.has_value());
  return read.error();
}

std::string nested(std::size_t depth) {  // the message is the first level
  return R"({"jsonrpc":"2.0","id":1,"result":)" + std::string(depth - 1, '[') + "1" + std::string(depth - 1, ']') + "}";
}

}  // namespace

TEST_CASE("read_messages parses each kind of message [JSON-RPC 2.0 section 4 and 5]") {
  const auto request = one(R"({"jsonrpc":"2.0","id":"a\"b","method":"ping","params":{"x": [1, 2]}})");
  CHECK(request.kind == Kind::Request);
  CHECK(request.id == R"("a\"b")");
  CHECK(request.method == "ping");
  CHECK(request.body == R"({"x":[1,2]})");
  CHECK_FALSE(request.number());

  const auto notification = one(R"({"jsonrpc":"2.0","method":"notifications/message"})");
  CHECK(notification.kind == Kind::Notification);
  CHECK(notification.id.empty());
  CHECK(notification.body.empty());

  const auto result = one(R"({"jsonrpc":"2.0","id":7,"result":{}})");
  CHECK(result.kind == Kind::Result);
  CHECK(result.number() == 7);

  const auto error = one(R"({"jsonrpc":"2.0","id":8,"error":{"code":-32022,"message":"no","data":{"supported":[]}}})");
  CHECK(error.kind == Kind::Error);
  CHECK(error.code == kUnsupportedVersion);
  CHECK(error.number() == 8);
  CHECK(error.body == R"({"supported":[]})");
  CHECK(one(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}})").id.empty());
}

TEST_CASE("read_messages refuses text that is not a message") {
  CHECK(error_of("") == RpcError::NotJson);
  CHECK(error_of("Server listening on stdio") == RpcError::NotJson);
  CHECK(error_of("{\"jsonrpc\":\"2.0\",\"method\":\"\xff\"}") == RpcError::NotJson);
  for (const char* text : {"7", "{}", R"({"jsonrpc":"1.0","id":1,"result":{}})", R"({"jsonrpc":"2.0","id":1})",
                           R"({"jsonrpc":"2.0","id":null,"method":"ping"})", R"({"jsonrpc":"2.0","id":[1],"result":{}})",
                           R"({"jsonrpc":"2.0","id":1.5,"result":{}})", R"({"jsonrpc":"2.0","method":7})",
                           R"({"jsonrpc":"2.0","id":1,"error":"no"})", R"({"jsonrpc":"2.0","id":1,"error":{"message":"no"}})",
                           R"({"jsonrpc":"2.0","result":{}})"}) {
    CAPTURE(text);
    CHECK(error_of(text) == RpcError::NotAMessage);
  }
}

TEST_CASE("RpcMessage::number() returns no number for a negative id or a text") {
  CHECK_FALSE(one(R"({"jsonrpc":"2.0","id":-1,"result":{}})").number());
  CHECK_FALSE(one(R"({"jsonrpc":"2.0","id":"1","result":{}})").number());
}

TEST_CASE("read_messages accepts a list of at most kMaxBatch messages, as in revision 2025-03-26") {
  const std::string ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
  const auto list_of = [&](std::size_t count) {
    std::string list = "[7";
    for (std::size_t i = 0; i < count; ++i) list += "," + ping;
    return list + "]";
  };
  CHECK(read_messages(list_of(kMaxBatch))->size() == kMaxBatch);
  CHECK(error_of(list_of(kMaxBatch + 1)) == RpcError::TooMany);
  CHECK(read_messages("[]")->empty());
}

TEST_CASE("read_messages bounds the length, the depth, the method and the id of a message") {
  const auto long_one = [](std::size_t octets) {
    const std::string begin = R"({"jsonrpc":"2.0","method":"a","params":{"x":")", end = "\"}}";
    return begin + std::string(octets - begin.size() - end.size(), 'x') + end;
  };
  CHECK(read_messages(long_one(kMaxMessageBytes)).has_value());
  CHECK(error_of(long_one(kMaxMessageBytes + 1)) == RpcError::TooLong);
  CHECK(read_messages(nested(kMaxMessageDepth)).has_value());
  CHECK(error_of(nested(kMaxMessageDepth + 1)) == RpcError::TooDeep);
  const auto of_method = [](std::size_t octets) { return R"({"jsonrpc":"2.0","method":")" + std::string(octets, 'm') + "\"}"; };
  CHECK(read_messages(of_method(kMaxMethodBytes)).has_value());
  CHECK(error_of(of_method(kMaxMethodBytes + 1)) == RpcError::NotAMessage);
  const auto of_id = [](std::size_t octets) {
    return R"({"jsonrpc":"2.0","method":"ping","id":")" + std::string(octets - 2, 'i') + "\"}";
  };
  CHECK(read_messages(of_id(kMaxIdBytes)).has_value());
  CHECK(error_of(of_id(kMaxIdBytes + 1)) == RpcError::NotAMessage);
}

TEST_CASE("The write functions write a message in one line, and read_messages reads the same content") {
  const auto request = one(write_request(3, "tools/list", R"({"cursor":"a\nb"})"));
  CHECK(request.kind == Kind::Request);
  CHECK(request.id == "3");
  CHECK(request.body == R"({"cursor":"a\nb"})");
  CHECK(one(write_notification("notifications/initialized", "")).kind == Kind::Notification);
  CHECK(write_answer("\"x\"", "{}") == R"({"jsonrpc":"2.0","id":"x","result":{}})");
  const auto refusal = one(write_refusal("9", kMethodNotFound, "line\nfeed"));
  CHECK(refusal.code == kMethodNotFound);
  CHECK(write_refusal("9", 1, "line\nfeed").find('\n') == std::string::npos);
}
