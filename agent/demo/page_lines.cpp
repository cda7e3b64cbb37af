#include <offhook/agent/demo/page_lines.hpp>

#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/support/utf8.hpp>

#include <string_view>

namespace offhook::inline v0::agent::demo {

namespace {

JsonText begun_line(std::string_view who, std::uint32_t turn) {
  JsonText line;
  line.open("", '{').text("who", who).number("turn", turn);
  return line;
}

}  // namespace

std::optional<std::string> page_line(const ConversationAction& action) {
  if (const auto* caller = std::get_if<CallerSaid>(&action))
    return begun_line("caller", caller->turn).text("text", cut_utf8(caller->text, kMaxPageText)).flag("sure", !caller->rejected).close('}').take();
  if (const auto* began = std::get_if<ReplyBegan>(&action)) {
    JsonText line = begun_line("agent", began->turn);
    if (began->response) line.number("response_ms", began->response->count());
    else line.null("response_ms");
    return line.close('}').take();
  }
  if (const auto* agent = std::get_if<AgentSaid>(&action))
    return begun_line("agent", agent->turn).text("text", cut_utf8(agent->text, kMaxPageText)).flag("interrupted", agent->interrupted).close('}').take();
  return std::nullopt;
}

}  // namespace offhook::inline v0::agent::demo
