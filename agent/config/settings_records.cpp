#include <offhook/agent/config/setting_field.hpp>
#include <offhook/agent/config/settings_tables.hpp>

#include <array>

/// The settings of /records, /transcripts, /recordings and /about.
namespace offhook::inline v0::agent::config {

namespace {

constexpr std::array kPatternMembers{
    Setting{.name = "pattern", .least = 1, .most = kMaxName, .unset = "required",
            .meaning = "a pattern of whole words; upper and lower case are equal"},
};

constexpr std::array kAboutMembers{
    Setting{.name = "what", .most = kMaxSentence, .unset = "none",
            .meaning = "the purpose of this file"},
    Setting{.name = "latency", .most = kMaxSentence, .unset = "none",
            .meaning = "the response time that callers can expect"},
    Setting{.name = "cost_per_minute", .most = kMaxSentence, .unset = "none",
            .meaning = "the cost of a minute"},
    Setting{.name = "checked", .most = kMaxSentence, .unset = "none",
            .meaning = "the day on which a person last checked this file"},
};

constexpr std::array kRecordsSettings{
    Setting{.section = "records", .name = "folder", .shape = Shape::Line, .most = kMaxPath,
            .unset = "the default folder for state",
            .meaning = "the folder of the records, which have a line for each call (docs/records.md); `\"off\"`: no records",
            .field = kField<&Config::records, &RecordSettings::folder>},
    Setting{.section = "records", .name = "rotate_mb", .shape = Shape::Whole, .least = 1, .most = 4096,
            .unit = "megabytes",
            .meaning = "the size at which Offhook begins a new file of records; each day also begins a new one",
            .field = kField<&Config::records, &RecordSettings::rotate_mb>},
    Setting{.section = "records", .name = "keep_files", .shape = Shape::Whole, .least = 1, .most = 10000, .unit = "files",
            .meaning = "how many full files of records Offhook keeps; it removes older ones",
            .field = kField<&Config::records, &RecordSettings::keep>},
    Setting{.section = "records", .name = "digits", .shape = Shape::Flag,
            .meaning = "whether records show which keys the caller pressed, not only how many",
            .field = kField<&Config::records, &RecordSettings::digits>},
    Setting{.section = "transcripts", .name = "enabled", .environment = "TRANSCRIPTION_ENABLED", .shape = Shape::Flag,
            .meaning = "whether Offhook keeps what is said, and writes it to the log and to the records. The variable also understands "
                       "yes and no, on and off, 1 and 0",
            .field = kField<&Config::transcripts, &TranscriptSettings::enabled>},
    Setting{.section = "transcripts", .name = "folder", .shape = Shape::Line, .most = kMaxPath,
            .unset = "beside the default folder of the records",
            .meaning = "the folder of the transcripts (docs/privacy.md)",
            .field = kField<&Config::transcripts, &TranscriptSettings::folder>},
    Setting{.section = "transcripts", .name = "keep_days", .shape = Shape::Whole, .least = 1, .most = 3650, .unit = "days",
            .meaning = "the time after which Offhook deletes a transcript, even if no calls come in",
            .field = kField<&Config::transcripts, &TranscriptSettings::keep_days>},
    Setting{.section = "transcripts", .name = "redact_digits", .shape = Shape::Whole, .least = 0, .most = 20, .unit = "digits",
            .meaning = "Offhook removes numbers with at least this many digits, and with them cards, IBANs and mail addresses. 0: it "
                       "removes nothing",
            .field = kField<&Config::transcripts, &TranscriptSettings::redact_digits>},
    Setting{.section = "transcripts", .name = "patterns", .shape = Shape::Objects, .most = 32, .unset = "none",
            .meaning = "further texts that Offhook removes: `#` is a digit, `@` a letter, `?` any character, `*` the rest of a word, as "
                       "in `KD-######`",
            .members = kPatternMembers, .short_for = "pattern", .field = kField<&Config::transcripts, &TranscriptSettings::patterns>},
    Setting{.section = "transcripts", .name = "readable", .shape = Shape::Flag,
            .meaning = "whether Offhook writes a text file for people beside each file",
            .field = kField<&Config::transcripts, &TranscriptSettings::readable>},
    Setting{.section = "recordings", .name = "enabled", .shape = Shape::Flag,
            .meaning = "whether Offhook records calls (docs/recordings.md). The law may require that callers know of it, or agree to it",
            .field = kField<&Config::recordings, &RecordingSettings::enabled>},
    Setting{.section = "recordings", .name = "folder", .shape = Shape::Line, .most = kMaxPath,
            .unset = "beside the default folder of the records",
            .meaning = "the folder of the recordings", .field = kField<&Config::recordings, &RecordingSettings::folder>},
    Setting{.section = "recordings", .name = "format", .shape = Shape::Choice, .choices = "opus wav",
            .meaning = "`opus`: two voices in an Ogg file, about 18 MB an hour. `wav`: stereo, 115 MB an hour, or 230 MB if calls may use "
                       "G.722; it needs almost no processor time", .field = kField<&Config::recordings, &RecordingSettings::format>},
    Setting{.section = "recordings", .name = "sides", .shape = Shape::Choice, .choices = "both caller agent",
            .meaning = "the side that Offhook records; the other side is silent",
            .field = kField<&Config::recordings, &RecordingSettings::sides>},
    Setting{.section = "recordings", .name = "key", .environment = "OFFHOOK_RECORDING_KEY", .shape = Shape::Line, .most = kMaxKey,
            .unset = "none: no encryption",
            .meaning = "the key of encrypted recordings: 64 hexadecimal digits (`openssl rand -hex 32`). "
                       "`\"${file:/run/secrets/recording}\"` is better than the key itself", .secret = true,
            .field = kField<&Config::recordings, &RecordingSettings::key>},
    Setting{.section = "recordings", .name = "keep_days", .shape = Shape::Whole, .least = 1, .most = 3650, .unit = "days",
            .meaning = "how long Offhook keeps a recording; then the running agent deletes it",
            .field = kField<&Config::recordings, &RecordingSettings::keep_days>},
    Setting{.section = "recordings", .name = "least_free_mb", .shape = Shape::Whole, .least = 0, .most = 100000, .unit = "megabytes",
            .meaning = "the free space on the folder's disk below which Offhook records nothing more, while calls continue. 0: recordings "
                       "may fill the disk",
            .field = kField<&Config::recordings, &RecordingSettings::least_free_mb>},
    Setting{.section = "recordings", .name = "most_mb", .shape = Shape::Whole, .least = 0, .most = 250000, .unit = "megabytes",
            .meaning = "the size of all recordings together above which Offhook records nothing more. 0: no limit",
            .field = kField<&Config::recordings, &RecordingSettings::most_mb>},
    Setting{.section = "recordings", .name = "notice", .shape = Shape::Line, .most = kMaxSentence, .unset = "none",
            .meaning = "the first sentence of a call that Offhook records, such as `This call is recorded.`; callers cannot interrupt it",
            .field = kField<&Config::recordings, &RecordingSettings::notice>},
    Setting{.name = "about", .shape = Shape::Object, .unset = "none",
            .meaning = "notes for people; they set nothing", .members = kAboutMembers,
            .field = kTopField<&Config::about>},
};

}  // namespace

std::span<const Setting> records_settings() { return kRecordsSettings; }

}  // namespace offhook::inline v0::agent::config
