#include <offhook/agent/records/call_record.hpp>

#include <offhook/agent/records/record_members.hpp>
#include <offhook/agent/support/json_line.hpp>

#include <chrono>
#include <concepts>
#include <type_traits>

namespace offhook::inline v0::agent::records {

namespace {

JsonLine begin(std::string_view type, std::string_view run) {
  JsonLine line;
  line.number("v", std::int64_t{kSchemaVersion}).text("type", type, kMaxFieldBytes).text("run", run, kMaxFieldBytes);
  return line;
}

/// Writes the members that record_members.hpp lists.
class MemberWriter {
 public:
  static constexpr bool kReads = false;
  explicit MemberWriter(JsonLine& line) : line_(line) {}

  MemberWriter& always(std::string_view name, std::string_view value) { return line_.text(name, value, kMaxFieldBytes), *this; }
  MemberWriter& text(std::string_view name, std::string_view value) { return value.empty() ? *this : always(name, value); }
  MemberWriter& words(std::string_view name, std::string_view value, bool also_empty = false) {
    if (!value.empty() || also_empty) line_.text(name, value, kMaxTurnTextBytes);
    return *this;
  }
  MemberWriter& choice(std::string_view name, bool value, std::string_view yes, std::string_view no) { return always(name, value ? yes : no); }
  template <class Word, class Known>
  MemberWriter& word(std::string_view name, Word value, const Known&) {
    return always(name, to_string(value));
  }
  MemberWriter& time(std::string_view name, const std::optional<WallTime>& value) { return value ? always(name, to_rfc3339(*value)) : *this; }
  MemberWriter& flag(std::string_view name, bool value) { return line_.flag(name, value), *this; }
  template <std::integral Number>
  MemberWriter& number(std::string_view name, Number value) {
    using Wide = std::conditional_t<std::is_signed_v<Number>, std::int64_t, std::uint64_t>;
    return line_.number(name, Wide{value}), *this;
  }
  MemberWriter& number(std::string_view name, const std::optional<std::int64_t>& value) { return value ? number(name, *value) : *this; }
  template <std::integral Number>
  MemberWriter& nonzero(std::string_view name, Number value) {
    return value != 0 ? number(name, value) : *this;
  }
  MemberWriter& real(std::string_view name, double value) { return line_.real(name, value), *this; }
  MemberWriter& real(std::string_view name, const std::optional<double>& value) { return value ? real(name, *value) : *this; }
  MemberWriter& seconds(std::string_view name, base::Duration value) {
    return value > base::Duration::zero() ? real(name, std::chrono::duration<double>(value).count()) : *this;
  }
  template <class List>
  void object(std::string_view name, List list, bool is_present = true) {
    if (!is_present) return;
    line_.open(name, '{');
    list(*this);
    line_.close('}');
  }
  template <class Value, class List>
  void optional(std::string_view name, const std::optional<Value>& value, List list) {
    if (value) object(name, [&](auto& line) { list(line, *value); });
  }
  template <class Value, class List>
  void list(std::string_view name, const std::vector<Value>& values, List each, bool also_empty = false) {
    if (values.empty() && !also_empty) return;
    line_.open(name, '[');
    for (const Value& value : values) object("", [&](auto& line) { each(line, value); });
    line_.close(']');
  }

 private:
  JsonLine& line_;
};

}  // namespace

void write_media(JsonLine& line, const MediaQuality& media) {
  MemberWriter members(line);
  list_media(members, media);
}

std::string_view to_string(Ending::By by) {
  switch (by) {
    case Ending::By::Caller: return "caller";
    case Ending::By::Called: return "called";
    case Ending::By::Agent: return "agent";
    case Ending::By::Network: return "network";
    case Ending::By::Unknown: return "unknown";
  }
  return "";
}

std::string_view to_string(Turn::Kind kind) {
  switch (kind) {
    case Turn::Kind::Opening: return "opening";
    case Turn::Kind::Speech: return "speech";
    case Turn::Kind::Digits: return "digits";
    case Turn::Kind::Other: return "other";
  }
  return "";
}

std::string to_line(const CallRecord& record, std::string_view run) {
  JsonLine line = begin("call", run);
  MemberWriter members(line);
  list_beginning(members, record);
  members.object("times", [&](auto& times) {
    times.time("invite", record.invited_at).time("ringing", record.ringing_at).time("answered", record.answered_at).time("ended", record.ended_at);
  });
  list_course(members, record);
  return seal(line.take());
}

std::string to_started_line(const CallRecord& record, std::string_view run) {
  JsonLine line = begin("started", run);
  MemberWriter members(line);
  list_beginning(members, record);
  members.object("times", [&](auto& times) { times.time("invite", record.invited_at); });
  return seal(line.take());
}

std::string to_run_line(std::string_view run, std::int64_t pid, WallTime now) {
  JsonLine line = begin("run", run);
  line.number("pid", pid).text("at", to_rfc3339(now), kMaxFieldBytes);
  return seal(line.take());
}

}  // namespace offhook::inline v0::agent::records
