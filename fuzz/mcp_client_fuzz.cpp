// The input is a list of lines. A line is a message of the tool server, or, after '!', an event. Checks that the client stays consistent
// and answers each tool call at most once. Checks that a model's arguments ('!c', with '|' for a line feed) become one message in one line.
#include "require.hpp"

#include <offhook/agent/tools/mcp/client.hpp>
#include <offhook/agent/tools/mcp/rpc_message.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

using namespace offhook;
using namespace offhook::agent::tools::mcp;
using offhook::fuzz::require;

namespace {

class World {
 public:
  World(ClientOptions options) : client_(std::move(options)) {}

  void take_line(std::string_view line) {
    Actions out;
    if (!line.starts_with('!')) {
      client_.on_text(line, now_, out);
    } else {
      happen(line.substr(1), out);
    }
    judge(out);
  }

 private:
  void happen(std::string_view what, Actions& out) {
    const char kind = what.empty() ? 'o' : what.front();
    const auto number = base::parse_number<std::uint16_t>(what.empty() ? what : what.substr(1)).value_or(1);
    if (kind == 'o') client_.open(now_, out);
    if (kind == 'c') client_.call({++calls_, tool_, hash_, arguments(what.substr(1)), number % 2 == 0, {}}, now_, out);
    if (kind == 'C') client_.call({++calls_, tool_, "another hash", "{}", false, {}}, now_, out);
    if (kind == 'a' && number <= calls_) client_.abandon(number, out), answered_.insert(number);
    if (kind == 't') now_ += std::chrono::milliseconds(number), client_.on_time(now_, out);
    if (kind == 'x') client_.on_closed("over", out);
    if (kind == 'g') client_.on_no_answer(number, {NoAnswer::What::SessionGone, 404, 0, {}, "gone", true}, now_, out);
    if (kind == 'G') client_.on_no_answer(number, {NoAnswer::What::SessionGone, 404, 0, {}, "gone before"}, now_, out);
    if (kind == 'l') client_.on_no_answer(number, {NoAnswer::What::Lost, 0, 0, {}, "lost"}, now_, out);
    if (kind == 'L') client_.on_no_answer(number, {NoAnswer::What::Lost, 404, 0, {}, "accepted, and lost", true}, now_, out);
    if (kind == 'r') client_.on_no_answer(number, {NoAnswer::What::Refused, 400, -32020, "{}", "refused"}, now_, out);
  }

  static std::string arguments(std::string_view text) {
    std::string written(text);
    std::replace(written.begin(), written.end(), '|', '\n');
    return written;
  }

  void judge(const Outgoing& message) {
    require(message.body.find_first_of("\r\n") == std::string::npos);
    const auto read = read_messages(message.body);
    if (message.method == "tools/call") require(!hash_.empty() && message.name == tool_);
    if (message.body.size() <= kMaxMessageBytes) require(read && read->size() == 1 && read->front().method == message.method);
  }

  void judge(const Actions& out) {
    require(client_.is_consistent());
    for (const Action& action : out) {
      if (const auto* message = std::get_if<Outgoing>(&action)) judge(*message);
      if (const auto* listed = std::get_if<Listed>(&action)) note_list(*listed);
      if (const auto* answered = std::get_if<Answered>(&action)) {
        require(answered->call >= 1 && answered->call <= calls_);
        require(answered_.insert(answered->call).second && !answered->answer.text.empty());
      }
    }
  }

  /// Keeps the first tool of a list, so that the next tool call uses it.
  void note_list(const Listed& listed) {
    if (listed.tools.empty()) return;
    tool_ = listed.tools.front().name;
    hash_ = listed.tools.front().hash;
  }

  Client client_;
  std::string tool_ = "tool", hash_;
  base::TimePoint now_{std::chrono::hours(1)};
  std::uint64_t calls_ = 0;
  std::set<std::uint64_t> answered_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  ClientOptions options;
  options.over_http = (data[0] & 1U) != 0;
  options.era = static_cast<ClientOptions::Era>((data[0] >> 1U) % 3U);
  World world(std::move(options));
  base::TextCursor cursor(std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1));
  for (int lines = 0; !cursor.at_end() && lines < 1000; ++lines) world.take_line(cursor.take_until('\n'));
  return 0;
}
