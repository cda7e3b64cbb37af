#include <offhook/agent/config/setting_field.hpp>
#include <offhook/agent/config/settings_tables.hpp>

#include <array>

/// The settings of /records, /transcripts, /recordings and /about.
namespace offhook::inline v0::agent::config {

namespace {

constexpr std::array kPatternMembers{
    Setting{.name = "pattern", .least = 1, .most = kMaxName, .unset = "required", .meaning = "of whole words; case does not matter"},
};

constexpr std::array kAboutMembers{
    Setting{.name = "what", .most = kMaxSentence, .unset = "none", .meaning = "what this file is for"},
    Setting{.name = "latency", .most = kMaxSentence, .unset = "none", .meaning = "what callers can expect"},
    Setting{.name = "cost_per_minute", .most = kMaxSentence, .unset = "none", .meaning = "what it costs"},
    Setting{.name = "checked", .most = kMaxSentence, .unset = "none", .meaning = "when somebody looked at it last"},
};

constexpr std::array kRecordsSettings{
    Setting{.section = "records", .name = "folder", .shape = Shape::Line, .most = kMaxPath,
            .unset = "the usual place for state", .meaning = "where a line is kept of each call (docs/records.md); `\"off\"`: nowhere",
            .field = kField<&Config::records, &RecordSettings::folder>},
    Setting{.section = "records", .name = "rotate_mb", .shape = Shape::Whole, .least = 1, .most = 4096,
            .unit = "megabytes", .meaning = "how large a file of records grows; each day begins a new one too",
            .field = kField<&Config::records, &RecordSettings::rotate_mb>},
    Setting{.section = "records", .name = "keep_files", .shape = Shape::Whole, .least = 1, .most = 10000, .unit = "files",
            .meaning = "how many full files of records are kept; older ones are removed",
            .field = kField<&Config::records, &RecordSettings::keep>},
    Setting{.section = "records", .name = "digits", .shape = Shape::Flag,
            .meaning = "whether records show which keys were pressed, not only how many",
            .field = kField<&Config::records, &RecordSettings::digits>},
    Setting{.section = "transcripts", .name = "enabled", .environment = "TRANSCRIPTION_ENABLED", .shape = Shape::Flag,
            .meaning = "whether what was said is kept, and appears in the log and in the records. The variable also understands yes and no, on and off, 1 and 0",
            .field = kField<&Config::transcripts, &TranscriptSettings::enabled>},
    Setting{.section = "transcripts", .name = "folder", .shape = Shape::Line, .most = kMaxPath, .unset = "beside the records' usual place",
            .meaning = "where it is kept (docs/privacy.md)", .field = kField<&Config::transcripts, &TranscriptSettings::folder>},
    Setting{.section = "transcripts", .name = "keep_days", .shape = Shape::Whole, .least = 1, .most = 3650, .unit = "days",
            .meaning = "how long; then it is deleted, whether calls come in or not", .field = kField<&Config::transcripts, &TranscriptSettings::keep_days>},
    Setting{.section = "transcripts", .name = "redact_digits", .shape = Shape::Whole, .least = 0, .most = 20, .unit = "digits",
            .meaning = "numbers of so many digits and more are taken out, and with them cards, IBANs and mail addresses; 0: nothing is",
            .field = kField<&Config::transcripts, &TranscriptSettings::redact_digits>},
    Setting{.section = "transcripts", .name = "patterns", .shape = Shape::Objects, .most = 32, .unset = "none",
            .meaning = "what else is taken out: `#` is a digit, `@` a letter, `?` any character, `*` the rest of a word, such as `KD-######`",
            .members = kPatternMembers, .short_for = "pattern", .field = kField<&Config::transcripts, &TranscriptSettings::patterns>},
    Setting{.section = "transcripts", .name = "readable", .shape = Shape::Flag, .meaning = "whether a text file for people is written beside each file",
            .field = kField<&Config::transcripts, &TranscriptSettings::readable>},
    Setting{.section = "recordings", .name = "enabled", .shape = Shape::Flag,
            .meaning = "whether calls are recorded (docs/recordings.md). The law may want callers to know, or to agree",
            .field = kField<&Config::recordings, &RecordingSettings::enabled>},
    Setting{.section = "recordings", .name = "folder", .shape = Shape::Line, .most = kMaxPath, .unset = "beside the records' usual place",
            .meaning = "where", .field = kField<&Config::recordings, &RecordingSettings::folder>},
    Setting{.section = "recordings", .name = "format", .shape = Shape::Choice, .choices = "opus wav",
            .meaning = "`opus`: two voices in an Ogg file, some 18 MB an hour; `wav`: stereo, 115 MB an hour, 230 MB where calls may be of G.722, and "
                       "hardly any work", .field = kField<&Config::recordings, &RecordingSettings::format>},
    Setting{.section = "recordings", .name = "sides", .shape = Shape::Choice, .choices = "both caller agent",
            .meaning = "who is recorded; of the other there is silence", .field = kField<&Config::recordings, &RecordingSettings::sides>},
    Setting{.section = "recordings", .name = "key", .environment = "OFFHOOK_RECORDING_KEY", .shape = Shape::Line, .most = kMaxKey,
            .unset = "none: not encrypted",
            .meaning = "64 hexadecimal digits (`openssl rand -hex 32`) that recordings are encrypted with: better "
                       "`\"${file:/run/secrets/recording}\"` than the key itself", .secret = true,
            .field = kField<&Config::recordings, &RecordingSettings::key>},
    Setting{.section = "recordings", .name = "keep_days", .shape = Shape::Whole, .least = 1, .most = 3650, .unit = "days",
            .meaning = "how long; then a recording is deleted, while the agent runs", .field = kField<&Config::recordings, &RecordingSettings::keep_days>},
    Setting{.section = "recordings", .name = "least_free_mb", .shape = Shape::Whole, .least = 0, .most = 100000, .unit = "megabytes",
            .meaning = "with less free on the folder's disk nothing more is recorded, and calls go on; 0: the disk may be filled",
            .field = kField<&Config::recordings, &RecordingSettings::least_free_mb>},
    Setting{.section = "recordings", .name = "most_mb", .shape = Shape::Whole, .least = 0, .most = 250000, .unit = "megabytes",
            .meaning = "how much all recordings may take together, then nothing more is recorded; 0: no bound",
            .field = kField<&Config::recordings, &RecordingSettings::most_mb>},
    Setting{.section = "recordings", .name = "notice", .shape = Shape::Line, .most = kMaxSentence, .unset = "none",
            .meaning = "what is said first in a call that is recorded, such as `This call is recorded.`; callers cannot talk over it",
            .field = kField<&Config::recordings, &RecordingSettings::notice>},
    Setting{.name = "about", .shape = Shape::Object, .unset = "none", .meaning = "notes for people; sets nothing", .members = kAboutMembers,
            .field = kTopField<&Config::about>},
};

}  // namespace

std::span<const Setting> records_settings() { return kRecordsSettings; }

}  // namespace offhook::inline v0::agent::config
