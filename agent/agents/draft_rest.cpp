#include <offhook/agent/agents/draft.hpp>

#include <offhook/agent/profile/call_data.hpp>

namespace offhook::inline v0::agent {

namespace {


void draft_fallback(Draft& draft, AgentProfile& out) {
  const JsonValue& written = draft.settings().fallback;
  out.fallback.transfer_to = text_of(written, "transfer_to");
  const JsonValue* hang_up = member(written, "hang_up");
  if (hang_up == nullptr || hang_up->flag == out.fallback.transfer_to.empty()) return;
  draft.report({draft.where("fallback"), hang_up->flag ? "two ways to end a call" : "no way to end a call",
              "transfer_to, or hang_up", hang_up->flag ? "keep one of them" : "set hang_up to true, or name the target in transfer_to"});
}

void check_context_file(Draft& draft, const ContextSource& source) {
  if (source.file.empty() || !draft.sources().files) return;
  const std::string where = draft.where("context") + "/file", allowed = "a file with a JSON object of at most 64 KiB";
  const auto file = draft.sources().files(source.file, kMaxCallDataBytes);
  if (!file)
    return draft.report({where, "a file that cannot be read (" + file.error() + ")", allowed,
                       "check the path: it starts at the folder of the configuration file"});
  if (const auto values = parse_call_data(file->text, "the file"); !values)
    draft.report({where, "a file that cannot be used: " + values.error().detail, allowed, "correct the file"});
}

void draft_context(Draft& draft, AgentProfile& out) {
  const JsonValue& written = draft.settings().context;
  if (written.kind != JsonValue::Kind::Object) {
    for (const auto& [name, text] :
         {std::pair{"prompt", &out.prompt}, std::pair{"instructions", &out.instructions}, std::pair{"greeting", &out.greeting}}) {
      if (text->uses_context())
        draft.report({draft.where(name), "a {{context.NAME}} without /agent/context, which names the source of its value", "a {{context.NAME}} together with /agent/context",
                    "set /agent/context, or remove the variable"});
    }
    return;
  }
  ContextSource source;
  if (const auto file = text_of(written, "file"); !file.empty()) source.file = config::beside(draft.sources().config_path, file);
  source.url = text_of(written, "url");
  if (const JsonValue* timeout = member(written, "timeout_ms"))
    source.timeout = std::chrono::milliseconds(timeout->integer);
  if (const JsonValue* verified = member(written, "verified")) source.verified = verified->flag;
  if (source.file.empty() == source.url.empty())
    draft.report({draft.where("context"), source.url.empty() ? "neither a file nor a URL" : "a file and a URL",
                "one of file and url", source.url.empty() ? "name one" : "remove one of them"});
  check_context_file(draft, source);
  out.context = std::move(source);
}

void draft_limits(Draft& draft, AgentProfile& out) {
  const auto& global = draft.effective().config.limits;
  out.limits.call = global.call;
  out.limits.silence = global.silence;
  const auto take = [&written = draft.settings().limits](const char* name, auto& limit) {
    using Limit = std::remove_reference_t<decltype(limit)>;
    if (const JsonValue* value = member(written, name)) limit = Limit(value->integer);
  };
  take("call_seconds", out.limits.call);
  take("silence_seconds", out.limits.silence);
  take("hold_seconds", out.limits.hold);
  take("silences", out.limits.silences);
  take("end_of_turn_ms", out.limits.end_of_turn);
  take("interruption_ms", out.limits.interruption);
  take("listen_ms", out.limits.listen);
  take("think_ms", out.limits.think);
  take("speak_ms", out.limits.speak);
  if (draft.settings().limits.kind == JsonValue::Kind::Object && out.limits.silence >= out.limits.call)
    draft.report({draft.where("limits"), "a silence as long as a whole call", "a shorter silence", "lower silence_seconds, or raise call_seconds"});
}

void draft_sentences(Draft& draft, AgentProfile& out) {
  const auto& settings = draft.settings();
  out.sentences.apology = settings.apology;
  out.sentences.filler = settings.filler;
  out.sentences.goodbye = settings.goodbye;
  const auto take = [&](const char* name, std::string& sentence) {
    if (const JsonValue* value = member(settings.sentences, name)) sentence = value->text;
  };
  take("empty_reply", out.sentences.empty_reply);
  take("mishap", out.sentences.mishap);
  take("refusal", out.sentences.refusal);
  take("silence", out.sentences.silence);
  take("limit", out.sentences.limit);
  take("transfer", out.sentences.transfer);
  take("shutdown", out.sentences.shutdown);
}

void draft_hold_music(Draft& draft, AgentProfile& out) {
  const std::string& written = draft.settings().hold_music;
  if (written == "off") return;
  auto music = written.empty() ? draft.sounds().quiet() : draft.sounds().music(written, draft.sources());
  if (music) out.hold_music = std::move(*music);
  else
    draft.report({draft.where("hold_music"), "a file that cannot be used (" + music.error() + ")",
                "a WAV of 8000, 16000 or 24000 Hz, or Opus in Ogg, of at most 32 MiB and half an hour",
                "convert it, or check the path: it starts at the folder of the configuration file"});
}

/// An agent's own greeting, as a file or as words, replaces the file and the words of /agent, because an inherited file would not match the
/// agent's own words.
void draft_greeting_file(Draft& draft, AgentProfile& out) {
  const auto& settings = draft.settings();
  const std::string& written = settings.greeting_file;
  const bool own_words = draft.says("greeting") || (draft.says("prompt_file") && settings.greeting.empty() && !out.greeting.empty());
  if (written.empty() || written == "off" || (own_words && !draft.says("greeting_file"))) return;
  auto sound = draft.sounds().greeting(written, draft.sources());
  if (sound) out.recorded_greeting = std::move(*sound);
  else
    draft.report({draft.where("greeting_file"), "a file that cannot be used, " + written + " (" + sound.error() + ")",
                "a WAV of 8000, 16000 or 24000 Hz, or Opus in Ogg, of at most a minute",
                "convert it, or check the path: it starts at the folder of the configuration file"});
}

}  // namespace

void draft_rest(Draft& draft, AgentProfile& out) {
  const auto& settings = draft.settings();
  draft_sentences(draft, out);
  out.codecs = codecs_named(settings.codecs.empty() ? draft.effective().config.media.codecs : settings.codecs);
  out.transcripts = settings.transcripts.value_or(draft.effective().config.transcripts.enabled);
  out.recordings = settings.recordings.value_or(draft.effective().config.recordings.enabled);
  out.recording_notice = draft.effective().config.recordings.notice;
  draft_greeting_file(draft, out);
  draft_hold_music(draft, out);
  draft_fallback(draft, out);
  draft_context(draft, out);
  draft_limits(draft, out);
}

}  // namespace offhook::inline v0::agent
