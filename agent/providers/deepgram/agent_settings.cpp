#include <offhook/agent/providers/deepgram/agent_settings.hpp>

#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/support/utf8.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <span>

namespace offhook::inline v0::agent::deepgram {

namespace {

using HistoryKind = HistoryEntry::Kind;

void write_sound(JsonText& out, AudioFormat format) {
  switch (format) {
    case AudioFormat::Pcmu: out.text("encoding", "mulaw"); break;
    case AudioFormat::Pcma: out.text("encoding", "alaw"); break;
    case AudioFormat::Pcm24k: out.text("encoding", "linear16"); break;
  }
  out.number("sample_rate", rate_hz(format));
}

void write_end(JsonText& out, const AgentSettings& settings) {
  if (!settings.own_end) {
    // Only Offhook ends turns: with 1.0, the server's confidence never ends a turn.
    out.real("eot_threshold", 1.0).number("eot_timeout_ms", settings.turn_timeout_ms);
    return;
  }
  const FluxEnd end = settings.own_end->bounded();
  out.real("eot_threshold", end.threshold);
  if (end.eager_threshold) out.real("eager_eot_threshold", *end.eager_threshold);
  out.number("eot_timeout_ms", end.timeout.count());
}

void write_listen(JsonText& out, const AgentSettings& settings, std::string_view language) {
  const ListenChoice choice = listen_choice(settings, language);
  const bool flux = is_flux(choice.model);
  out.open("listen", '{').open("provider", '{').text("type", "deepgram").text("version", flux ? "v2" : "v1").text("model", choice.model);
  if (flux) {
    write_end(out, settings);
    if (!choice.hints.empty()) {
      out.open("language_hints", '[');
      for (const std::string& hint : choice.hints) out.text("", hint);
      out.close(']');
    }
  } else {
    out.text("language", choice.language);
  }
  if (!settings.keyterms.empty()) {
    out.open("keyterms", '[');
    const std::size_t count = std::min(settings.keyterms.size(), AgentSettings::kMaxKeyterms);
    for (const std::string& term : std::span(settings.keyterms).first(count)) out.text("", term);
    out.close(']');
  }
  out.close('}').close('}');
}

/// Returns `schema` as JSON. If it is not a JSON object, returns a schema without parameters: the server would refuse the whole
/// session because of it.
std::string schema_of(const std::string& schema) {
  const auto parsed = nlohmann::json::parse(schema, nullptr, false);
  if (!parsed.is_object()) return R"({"type":"object","properties":{}})";
  return parsed.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void write_functions(JsonText& out, const std::vector<ToolDescription>& tools) {
  out.open("functions", '[');
  for (const ToolDescription& tool : tools) {
    out.open("", '{').text("name", tool.name).text("description", tool.description).raw("parameters", schema_of(tool.parameters));
    out.flag("defer_until_eot", true).close('}');
  }
  out.close(']');
}

void write_think(JsonText& out, const AgentSettings& settings, const AgentBriefing& briefing) {
  out.open("think", '{').open("provider", '{').text("type", settings.think_type).text("model", settings.think_model);
  if (settings.temperature) out.real("temperature", *settings.temperature);
  out.close('}');
  if (settings.think_endpoint) {
    out.open("endpoint", '{').text("url", settings.think_endpoint->url).open("headers", '{');
    if (!settings.think_endpoint->key.empty()) out.text("authorization", "Bearer " + settings.think_endpoint->key.reveal());
    out.close('}').close('}');
  }
  out.text("prompt", cut_utf8(briefing.prompt, kMaxPrompt));
  if (briefing.tools != nullptr && !briefing.tools->empty()) write_functions(out, *briefing.tools);
  out.close('}');
}

void write_speak(JsonText& out, const AgentSettings& settings) {
  out.open("speak", '{').open("provider", '{').text("type", "deepgram");
  if (settings.voice.starts_with("flux-")) out.text("version", "v2");
  out.text("model", settings.voice);
  if (settings.speed) out.real("speed", *settings.speed);
  out.close('}').close('}');
}

// --- the history -------------------------------------------------------------------------------------------------------------

void write_line(JsonText& out, std::string_view role, std::string_view text) {
  out.open("", '{').text("type", "History").text("role", role).text("content", text).close('}');
}

std::string noted(const std::string& text) { return text.starts_with('[') ? text : '[' + text + ']'; }

/// Writes a function call and its result as one entry of the history.
void write_call(JsonText& out, const HistoryEntry& call, const HistoryEntry& result) {
  out.open("", '{').text("type", "History").open("function_calls", '[').open("", '{').text("id", call.call_id).text("name", call.name);
  out.flag("client_side", true).text("arguments", call.text).text("response", result.text).close('}').close(']').close('}');
}

void write_entry(JsonText& out, const History& history, const HistoryEntry& entry) {
  if (entry.text.empty() && entry.kind != HistoryKind::ToolResult) return;
  switch (entry.kind) {
    case HistoryKind::Caller: return write_line(out, "user", entry.text);
    case HistoryKind::Agent: return write_line(out, "assistant", entry.interrupted ? entry.text + " [interrupted]" : entry.text);
    case HistoryKind::Note: return write_line(out, "user", noted(entry.text));
    case HistoryKind::ToolCall: return;
    case HistoryKind::ToolResult: break;
  }
  const auto is_its_call = [&](const HistoryEntry& each) { return each.kind == HistoryKind::ToolCall && each.call_id == entry.call_id; };
  const auto call = std::find_if(history.entries().begin(), history.entries().end(), is_its_call);
  if (call != history.entries().end()) write_call(out, *call, entry);
}

void write_context(JsonText& out, const History& history, std::uint32_t present_turn) {
  const auto& entries = history.entries();
  std::size_t octets = 0, first = entries.size();
  while (first > 0 && (octets += entries[first - 1].text.size()) <= kMaxContext) --first;
  out.open("context", '{').open("messages", '[');
  for (std::size_t i = first; i < entries.size(); ++i) {
    const bool is_asked = entries[i].turn == present_turn && (entries[i].kind == HistoryKind::Caller || entries[i].kind == HistoryKind::Note);
    if (!is_asked) write_entry(out, history, entries[i]);
  }
  out.close(']').close('}');
}

}  // namespace

ListenChoice listen_choice(const AgentSettings& settings, std::string_view language) {
  return listen_choice(settings.listen_model, language, settings.languages);
}

std::string write_settings(const AgentSettings& settings, const AgentBriefing& briefing, std::uint32_t present_turn) {
  JsonText out;
  out.open("", '{').text("type", "Settings").open("audio", '{').open("input", '{');
  write_sound(out, settings.format);
  out.close('}').open("output", '{');
  write_sound(out, settings.format);
  out.text("container", "none").close('}').close('}').open("agent", '{');
  if (briefing.history != nullptr && !briefing.history->entries().empty()) write_context(out, *briefing.history, present_turn);
  write_listen(out, settings, briefing.language);
  write_think(out, settings, briefing);
  write_speak(out, settings);
  out.close('}');
  if (!settings.tags.empty()) {
    out.open("tags", '[');
    for (const std::string& tag : settings.tags) out.text("", tag);
    out.close(']');
  }
  out.flag("mip_opt_out", settings.mip_opt_out).close('}');
  return out.take();
}

}  // namespace offhook::inline v0::agent::deepgram
