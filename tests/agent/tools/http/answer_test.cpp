#include <offhook/agent/tools/http/answer.hpp>
#include <offhook/agent/tools/tool_text.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent;
using namespace offhook::agent::tools;
using namespace offhook::agent::tools::http;
using What = net::NetError::What;

namespace {

Answer answered(std::string method, int status, std::string body = "", std::string type = "application/json") {
  return read_answer({std::move(method), status, std::move(type), std::move(body), std::nullopt}, {});
}
std::string lost(std::string method, What what, int status = 0) {
  return read_answer({std::move(method), status, "application/json", "{\"half\":", net::NetError{what, "s3cret detail"}}, {}).text;
}
bool is_certain(const std::string& text) { return text.find("Nothing was done.") != std::string::npos; }
bool is_unknown(const std::string& text) { return text.find("Whether the tool did its work is not known.") != std::string::npos; }

}  // namespace

TEST_CASE("The model gets JSON and text of an answer, and only a note for other types") {
  CHECK(answered("GET", 200, " { \"a\" : [ 1 ] } ").text == R"({"a":[1]})");
  CHECK(answered("GET", 200, "{\"a\"", "application/problem+json").text == "{\"a\"");
  CHECK(answered("GET", 200, "all is well", "Text/Plain; charset=utf-8").text == "all is well");
  CHECK(answered("GET", 200, "\x89PNG", "image/png").text == "The tool is done. Its answer is a file that cannot be shown.");
  CHECK(answered("GET", 200, "x", "").text == "The tool is done. Its answer is a file that cannot be shown.");
  CHECK(answered("POST", 204, "").text == "The tool is done and has nothing to say.");
  for (const char* type : {"application/json", "image/png"}) CHECK(answered("GET", 200, "x", type).ok);
}

TEST_CASE("read_answer shortens an answer to kMaxResultBytes plus a few octets, and not within a character") {
  CHECK(answered("GET", 200, std::string(kMaxResultBytes + 4, 'a'), "text/plain").text.size() == kMaxResultBytes + 4);
  CHECK(answered("GET", 200, std::string(kMaxResultBytes + 5, 'a'), "text/plain").text.size() == kMaxResultBytes + 4);
  std::string wide(kMaxResultBytes + 3, 'a');
  CHECK(answered("GET", 200, wide + "\xc3\xbc", "text/plain").text == wide);
}

TEST_CASE("read_answer says that nothing was done if the status makes this certain [RFC 9110 section 15.5]") {
  for (const int status : {400, 401, 403, 404, 405, 409, 410, 413, 422, 423, 425, 429, 451}) {
    CAPTURE(status);
    const Answer answer = answered("POST", status, R"({"error":"the slot is taken"})");
    CHECK_FALSE(answer.ok);
    CHECK(is_certain(answer.text));
    CHECK_FALSE(is_unknown(answer.text));
  }
  CHECK(answered("POST", 409, R"({"error": "the slot is taken"})").text == R"(The tool's service refused the request (409). Nothing was done. It says: {"error":"the slot is taken"})");
  CHECK(answered("POST", 401, "which token").text.find("which token") == std::string::npos);
  CHECK(answered("POST", 404, std::string(5000, 'a'), "text/plain").text.size() < 2200);
}

TEST_CASE("For a server error, read_answer says that the result is unknown, except after a GET") {
  for (const int status : {301, 302, 303, 399, 408, 444, 452, 499, 500, 502, 503, 504, 599, 600, 100, 0}) {
    CAPTURE(status);
    const Answer answer = answered("POST", status, "it was not done, trust me", "text/plain");
    CHECK_FALSE(answer.ok);
    CHECK(is_unknown(answer.text));
    CHECK_FALSE(is_certain(answer.text));
    CHECK(answer.text.find("trust") == std::string::npos);
    CHECK(is_certain(answered("GET", status).text));
  }
  for (const int status : {304, 307, 308}) CHECK(is_certain(answered("POST", status).text));
}

TEST_CASE("read_answer gives the log the reason of a failure, and no text of the service") {
  CHECK(answered("POST", 409, R"({"error":"4711 is taken"})").why == "The tool's service refused the request (409).");
  CHECK(answered("GET", 503, "4711").why == "The tool's service failed (503).");
  CHECK(read_answer({"GET", 0, "", "", net::NetError{What::Refused, "s3cret detail"}}, {}).why == "The tool's service refuses the connection.");
  CHECK(read_answer({"GET", 0, "", "", net::NetError{What::Timeout, "s3cret detail"}}, {}).why == "The tool did not answer in time.");
  CHECK(answered("GET", 200, "{}").why.empty());
}

TEST_CASE("If the answer is lost, read_answer says that the result is unknown, unless no connection was made") {
  for (const What what : {What::Refused, What::NotFound, What::Tls}) CHECK(is_certain(lost("POST", what)));
  for (const What what : {What::Timeout, What::Closed, What::TooLarge, What::Protocol, What::Local}) {
    CHECK(is_unknown(lost("POST", what)));
    CHECK(is_certain(lost("GET", what)));
    CHECK(lost("POST", what).find("s3cret") == std::string::npos);
  }
  CHECK(is_unknown(lost("POST", What::Tls, 500)));  // A response came, so a connection was made.
  CHECK(lost("POST", What::Closed, 201) == "The tool's service says that it is done. Its answer is incomplete.");
  CHECK(lost("POST", What::TooLarge, 200) == "The tool's service says that it is done. Its answer is too long to be shown.");
  CHECK(is_certain(lost("POST", What::Closed, 404)));
  CHECK(is_unknown(lost("POST", What::Closed, 408)));
}

TEST_CASE("read_answer hides a secret that a service echoes, in any encoding") {
  const std::string secret = "t\"0k/en";
  const auto shown = [&](std::string body, std::string type) { return read_answer({"GET", 200, std::move(type), std::move(body), std::nullopt}, {secret}).text; };
  CHECK(shown(R"({"authorization":"Bearer t\"0k/en"})", "application/json") == R"({"authorization":"Bearer ***"})");
  CHECK(shown(R"({"a":"t\u00220k\/en"})", "application/json") == R"({"a":"***"})");
  CHECK(shown("a=t%220k%2Fen t\"0k/en", "text/plain") == "a=*** ***");
  CHECK(read_answer({"POST", 400, "text/plain", "bad key t\"0k/en", std::nullopt}, {secret}).text.find("0k") == std::string::npos);
  CHECK(read_answer({"GET", 200, "text/plain", "a***a", std::nullopt}, {"****", "abc"}).text == "a***a");
}
