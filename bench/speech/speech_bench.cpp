#include "experiment.hpp"
#include "voices.hpp"

#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/providers/embedded/provider.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <thread>
#include <tuple>

// Measures how well the embedded tier understands callers. Counts the outcomes for each sentence, voice, line and noise. The thresholds
// were chosen with the part `tune`. The part `held` has other sentences and voices. They were not measured while the thresholds were
// chosen. The part `unseen` has the sentences of `held` in voices that were added later. No threshold was changed after a measurement with
// them.

namespace {

using namespace speech_bench;
using What = Utterance::What;

struct Options {
  std::string dialogue = "share/dialogues/receptionist.json";
  std::string sentences = "bench/speech/sentences.tsv";
  std::string sounds = "/usr/share/asterisk/sounds/en_US_f_Allison";
  std::string part;     // "": all parts except `tune`
  std::string said;     // kind of utterance: "number", "wish" and so on; "": all kinds
  std::string dump;     // file for one line per utterance
  bool quiet_only = false;
};

int usage() {
  std::cerr << "Usage: speech_bench [--part tune|held|unseen|all] [--said WHAT] [--quiet-only] [--dump FILE] [--dialogue FILE] [--sentences FILE] [--sounds FOLDER]\n";
  return 2;
}

bool read_options(int argc, char** argv, Options& options) {
  const std::map<std::string, std::string Options::*> known = {{"--dialogue", &Options::dialogue}, {"--sentences", &Options::sentences},
                                                               {"--sounds", &Options::sounds},     {"--part", &Options::part},
                                                               {"--said", &Options::said},           {"--dump", &Options::dump}};
  for (int i = 1; i < argc; ++i) {
    const auto found = known.find(argv[i]);
    if (std::string(argv[i]) == "--quiet-only") options.quiet_only = true;
    else if (found == known.end() || i + 1 == argc) return false;
    else options.*(found->second) = argv[++i];
  }
  const std::set<std::string> parts = {"", "tune", "held", "unseen", "all"};
  return parts.contains(options.part);
}

bool is_wanted(const Options& options, const std::string& part) {
  return options.part == "all" || options.part == part || (options.part.empty() && part != "tune");
}

/// The voices that speak the sentences of one part of the file, and the part of the table to which their results belong.
struct Group {
  std::string part;
  std::vector<std::string> voices;
};

/// Returns the groups for one part of the file. Other voices and sentences are used for tuning than for the results.
std::vector<Group> groups_of(const std::string& sentences) {
  if (sentences == "tune") return {{"tune", {"slt", "rms"}}};
  return {{"held", {"awb", "kal16", "espeak"}}, {"unseen", {"ked", "en-us+f3", "en-gb+m3", "en-gb-scotland+f2"}}};
}

Utterance make(const std::string& part, const std::string& what, const std::string& text) {
  if (what == "foreign") return {part, What::Foreign, "", "", {}, {}};
  if (what == "yes") return {part, What::Yes, "", "", {}, {}};
  if (what == "no") return {part, What::No, "", "", {}, {}};
  if (what == "number") return {part, What::Number, text, "", {}, {}};
  if (what == "correction") return {part, What::Correction, text, "", {}, {}};
  return {part, What::Wish, what, "", {}, {}};
}

/// Returns the words to speak. For a number these are its digits without commas, so that the voice itself makes the gaps between the digits.
std::string words_of(const Utterance& utterance, const std::string& text) {
  if (utterance.what == What::Number || utterance.what == What::Correction) {
    std::string words = utterance.what == What::Correction ? "no it's" : "";
    for (const char digit : text) words += std::string(" ") + digit;
    return words;
  }
  return text;
}

/// Adds one sentence of the file, in each voice of a group.
void add_group(const Options& options, const Group& group, const std::string& what, const std::string& text, std::vector<Utterance>& all, std::set<std::string>& absent) {
  for (const auto& voice : group.voices) {
    Utterance utterance = make(group.part, what, text);
    utterance.caller = voice;
    if (!options.said.empty() && name(utterance.what) != options.said) continue;
    utterance.said = say(voice, words_of(utterance, text));
    if (utterance.what != What::Wish && utterance.what != What::Foreign) utterance.before = say(voice, "please call me back");
    if (utterance.said.empty()) absent.insert("the voice " + voice);
    else all.push_back(std::move(utterance));
  }
}

void add_synthetic(const Options& options, std::vector<Utterance>& all, std::set<std::string>& absent) {
  std::ifstream file(options.sentences);
  for (std::string line; std::getline(file, line);) {
    std::istringstream columns(line);
    std::string part, what, text;
    if (line.starts_with('#') || !std::getline(columns, part, '\t') || !std::getline(columns, what, '\t') || !std::getline(columns, text)) continue;
    for (const Group& group : groups_of(part)) {
      if (is_wanted(options, group.part)) add_group(options, group, what, text, all, absent);
    }
  }
}

/// Adds the human speaker. There is only one. Therefore the parts have different prompts (every second one) and different numbers.
void add_human(const Options& options, Band band, std::vector<Utterance>& found, std::set<std::string>& absent) {
  std::vector<Utterance> all;
  const HumanPrompts prompts(options.sounds);
  if (!prompts.installed()) {
    absent.insert("the human speaker (Debian's asterisk-core-sounds-en-wav and asterisk-core-sounds-en-g722)");
    return;
  }
  const std::string caller = "human";
  constexpr std::array<std::size_t, 3> kLengths = {4, 7, 10};
  constexpr int kNumbers = 24;
  offhook::base::SeededRandom random(2026);
  for (int i = 0; i < 2 * kNumbers; ++i) {
    std::string number;
    for (std::size_t k = 0; k < kLengths[static_cast<std::size_t>(i) % kLengths.size()]; ++k) number += static_cast<char>('0' + random.below(10));
    const std::string part = i < kNumbers ? "tune" : "held";
    if (is_wanted(options, part)) all.push_back({part, What::Number, number, caller, prompts.digits(number, band), {}});
  }
  const std::set<std::string> kInDomain = {"hello", "goodbye", "vm-goodbye", "hello-world", "vm-no", "hours", "location", "vm-reachoper", "beep", "beeperr",
                                           "ascending-2tone", "descending-2tone", "tt-monkeys"};
  constexpr std::size_t kShortest = 16000 / 2, kLongest = 16000 * 6;
  std::size_t count = 0;
  for (const auto& name : prompts.names()) {
    if (kInDomain.contains(name)) continue;
    const std::string part = ++count % 2 == 0 ? "tune" : "held";
    if (!is_wanted(options, part)) continue;
    const Pcm said = prompts.load(name, band);
    if (said.size() < kShortest || said.size() > kLongest) continue;
    constexpr std::array<What, 4> kWhats = {What::Foreign, What::ForeignNumber, What::Foreign, What::ForeignYesNo};
    all.push_back({part, kWhats[count / 2 % kWhats.size()], name, caller, said, {}});
  }
  if (is_wanted(options, "held")) {
    for (const auto& [name, intent] : std::map<std::string, std::string>{{"hello", "hello"}, {"goodbye", "goodbye"}, {"vm-goodbye", "goodbye"}})
      all.push_back({"held", What::Wish, intent, caller, prompts.load(name, band), {}});
    all.push_back({"held", What::No, "", caller, prompts.load("vm-no", band), {}});
  }
  const Pcm before = prompts.load("vm-tocallback", band);
  for (Utterance& utterance : all) {
    if (!options.said.empty() && name(utterance.what) != options.said) continue;
    if (utterance.what != What::Wish && utterance.what != What::Foreign) utterance.before = before;
    found.push_back(std::move(utterance));
  }
}

std::string shown(const std::string& part) { return part == "unseen" ? "unseen (not used in tuning)" : part; }

using Row = std::tuple<std::string, std::string, std::string, std::string>;  // part, what, caller, line
using Counts = std::array<int, 5>;

void print(const std::map<Row, Counts>& table) {
  std::printf("| part | said | caller | line | n | understood | confirmed | asked about another | rejected | wrong |\n|---|---|---|---|---|---|---|---|---|---|\n");
  for (const auto& [row, counts] : table) {
    int sum = 0;
    for (const int count : counts) sum += count;
    std::printf("| %s | %s | %s | %s | %d | %d | %d | %d | %d | %d |\n", shown(std::get<0>(row)).c_str(), std::get<1>(row).c_str(), std::get<2>(row).c_str(),
                std::get<3>(row).c_str(), sum, counts[0], counts[1], counts[2], counts[3], counts[4]);
  }
}

/// Returns true for an utterance that is also measured in noise. One voice of each part is enough to see the effect of noise.
bool is_said_in_noise(const Utterance& utterance) {
  const bool text = utterance.what == What::Wish || utterance.what == What::Foreign;
  return utterance.caller == "human" ? utterance.what == What::Number : text && (utterance.caller == "rms" || utterance.caller == "awb");
}

struct Task {
  const Utterance* utterance;
  Line line;
  Outcome outcome;
};

bool run_all(std::vector<Task>& tasks, const Options& options) {
  auto dialogue = embedded::load_dialogue(options.dialogue);
  if (!dialogue) return std::cerr << dialogue.error().detail << '\n', false;
  const embedded::EmbeddedOptions defaults;
  const auto files = embedded::DecoderFiles::make(*dialogue, defaults.model_path, defaults.dictionary_path);
  if (!files) return std::cerr << files.error().detail << '\n', false;
  const auto knowledge = std::make_shared<const embedded::DialogueKnowledge>(*std::move(dialogue));
  std::atomic<std::size_t> next{0};
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    auto decoder = embedded::SphinxDecoder::make(*files);
    if (!decoder) return std::cerr << decoder.error().detail << '\n', false;
    threads.emplace_back([&tasks, &next, experiment = std::make_shared<Experiment>(knowledge, *std::move(decoder))] {
      for (std::size_t at = next++; at < tasks.size(); at = next++) tasks[at].outcome = experiment->run(*tasks[at].utterance, tasks[at].line);
    });
  }
  threads.clear();
  return true;
}

void dump(const std::vector<Task>& tasks, const std::string& path) {
  std::ofstream out(path);
  for (const auto& [utterance, line, outcome] : tasks)
    out << utterance->part << '\t' << name(utterance->what) << '\t' << utterance->caller << '\t' << name(line) << '\t' << utterance->truth << '\t'
        << outcome.heard << '\t' << outcome.confidence << '\t' << outcome.best << '\t' << outcome.score << '\t' << static_cast<int>(outcome.kind) << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) return usage();
  std::array<std::vector<Utterance>, 2> utterances;  // One list for each band, because the recordings of the human speaker differ.
  std::set<std::string> absent;
  add_synthetic(options, utterances[0], absent);
  utterances[1] = utterances[0];
  if (utterances[0].empty()) return std::cerr << "no sentences in " << options.sentences << ": start it in Offhook's folder\n", 1;
  for (const Band band : {Band::Wide, Band::Narrow}) add_human(options, band, utterances[band == Band::Wide ? 0 : 1], absent);

  std::vector<Task> tasks;
  for (const Band band : {Band::Wide, Band::Narrow}) {
    for (const int snr_db : {0, 20, 10}) {
      if (options.quiet_only && snr_db != 0) continue;
      for (const auto& utterance : utterances[band == Band::Wide ? 0 : 1]) {
        if (snr_db == 0 || is_said_in_noise(utterance)) tasks.push_back({&utterance, {band, snr_db}, {}});
      }
    }
  }
  std::cerr << tasks.size() << " utterances\n";
  if (!run_all(tasks, options)) return 1;
  std::map<Row, Counts> table;
  for (const auto& [utterance, line, outcome] : tasks)
    ++table[{utterance->part, name(utterance->what), utterance->caller, name(line)}][static_cast<std::size_t>(outcome.kind)];
  print(table);
  for (const auto& what : absent) std::printf("\nNot measured, because it is not installed: %s.\n", what.c_str());
  if (!options.dump.empty()) dump(tasks, options.dump);
  return 0;
}
