#include <offhook/tools/call_lines.hpp>

#include <offhook/agent/support/colour.hpp>
#include <offhook/agent/support/json_line.hpp>

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace offhook::tools {

namespace {

using agent::Colour;
using agent::JsonLine;
using Line = std::optional<std::string>;

constexpr std::size_t kMostShownBytes = 64U << 10U;  // Octets of one text; a model's reply is shorter.

double seconds_of(std::chrono::milliseconds time) { return static_cast<double>(time.count()) / 1000.0; }

/// Makes the line of one event in the given form.
class LineMaker {
 public:
  explicit LineMaker(LineForm form) : form_(form) {}

  Line operator()(const agent::CallStarted& started) const {
    return line("call  " + started.call_id, event("dialled").text("call", started.call_id, kMostShownBytes));
  }
  Line operator()(const agent::CallUp& up) const {
    const auto codec = phone::to_string(up.codec);
    return line(fmt::format("answered ({})", codec), event("answered").text("codec", codec, kMostShownBytes));
  }
  Line operator()(const agent::CallLine& told) const { return std::visit(*this, told.what); }
  Line operator()(const agent::CallerSaid& said) const {
    return line(speaker("they ", Colour::Caller) + shown(said.text),
                event("they").text("text", said.text, kMostShownBytes).real("confidence", said.confidence));
  }
  Line operator()(const agent::AgentSaid& said) const {
    return line(speaker("we   ", Colour::Agent) + shown(said.text),
                event("we").text("text", said.text, kMostShownBytes).flag("interrupted", said.interrupted));
  }
  Line operator()(const agent::ToneHeard& heard) const {
    const auto name = media::to_string(heard.tone);
    return line(fmt::format("tone  {}", name), event("tone").text("name", name, kMostShownBytes));
  }
  Line operator()(const agent::AnsweredBy& known) const {
    const media::AnswerVerdict& verdict = known.verdict;
    const double seconds = seconds_of(verdict.took);
    return line(fmt::format("answered by: {} ({}, after {:.1f} s)", to_string(verdict.who), to_string(verdict.sign), seconds),
                event("answered_by")
                    .text("who", to_string(verdict.who), kMostShownBytes)
                    .text("sign", to_string(verdict.sign), kMostShownBytes)
                    .real("seconds", seconds));
  }
  Line operator()(const agent::CallOver& ended) const {
    const call::Ended& how = ended.how;
    const std::string_view by = how.by == call::Ended::By::Us ? "us" : "them";
    const double seconds = seconds_of(ended.duration);
    const std::string reason = shown(how.reason);
    const std::string status = !how.status.empty() ? fmt::format(": {} {}", how.status, reason) : reason.empty() ? "" : ": " + reason;
    const std::string before = how.cause == call::Ended::Cause::Unreachable && !how.why.empty() ? shown(how.why) + "\n" : "";
    return line(fmt::format("{}ended by {} after {:.1f} s{}", before, by, seconds, status),
                event("ended")
                    .text("by", by, kMostShownBytes)
                    .real("seconds", seconds)
                    .number("status", std::int64_t{call::number_of(how.status)})
                    .text("reason", how.reason, kMostShownBytes)
                    .text("why", how.why, kMostShownBytes));
  }
  template <class Other>
  Line operator()(const Other&) const {
    return std::nullopt;
  }

 private:
  static std::string shown(std::string_view text) { return agent::printable(text, kMostShownBytes); }
  [[nodiscard]] std::string speaker(std::string_view word, Colour colour) const {
    return painted(word, colour, form_ == LineForm::ColouredText) + ' ';
  }
  static JsonLine event(std::string_view name) { return std::move(JsonLine().text("event", name, kMostShownBytes)); }
  [[nodiscard]] std::string line(std::string text, JsonLine& json) const { return form_ == LineForm::Json ? json.take() + '}' : std::move(text); }

  LineForm form_;
};

}  // namespace

std::optional<std::string> line_of(const agent::AgentEvent& event, LineForm form) { return std::visit(LineMaker(form), event); }

}  // namespace offhook::tools
