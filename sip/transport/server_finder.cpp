#include <offhook/sip/transport/server_finder.hpp>

#include <utility>

namespace offhook::inline v0::sip::detail {

using locate::Answer;
using locate::Question;

ServerFinder::ServerFinder(Ways ways, Locator::Options options, base::Random& random)
    : ways_(std::move(ways)), options_(std::move(options)), random_(random) {}
ServerFinder::~ServerFinder() = default;

void ServerFinder::find(const Locator::Target& target, Done done) {
  const auto refuse = [&](const char* why) {
    // Do not call `done` from within find().
    ways_.post([done = std::move(done), why] { done({{}, why}); });
  };
  if (waiting_ >= kMaxWaiting) return refuse("too many requests wait for DNS: the limit of waiting requests is reached");
  const Key key{locate::normal_name(target.host), target.port, target.transport, target.secure};
  if (const auto at = searches_.find(key); at != searches_.end()) {
    at->second.waiting.push_back(std::move(done));
    ++waiting_;
    return;
  }
  if (searches_.size() >= kMaxSearches) return refuse("too many names are being looked up");
  Search search{++last_id_, nullptr, {}};
  Locator::Options options = options_;
  const bool name = !base::IpAddress::parse(target.host) && locate::is_host_name(std::get<0>(key));
  options.known = name ? ways_.known(std::get<0>(key)) : std::vector<base::IpAddress>{};
  search.locator = std::make_unique<Locator>(target, std::move(options), random_);
  search.waiting.push_back(std::move(done));
  ++waiting_;
  Search& kept = searches_.emplace(key, std::move(search)).first->second;
  ask_on(key, kept);
  const std::uint64_t id = kept.id;
  if (kept.locator->is_done()) {
    ways_.post([this, key] { end(key); });
    return;
  }
  ways_.after(kLimit, [this, key, id] {
    const auto at = searches_.find(key);
    if (at == searches_.end() || at->second.id != id) return;
    at->second.locator->give_up();
    end(key);
  });
}

/// Asks name servers for everything that the search still needs.
void ServerFinder::ask_on(const Key& key, Search& search) {
  while (const auto question = search.locator->poll_question()) {
    if (const Answer* cached = cache_.find(*question, ways_.now())) {
      search.locator->on_answer(*question, *cached);
      continue;
    }
    ways_.ask(*question, [this, key, id = search.id, question = *question](const Answer& answer) {
      cache_.keep(question, answer, ways_.now());
      const auto at = searches_.find(key);
      // Too late: the search has ended.
      if (at == searches_.end() || at->second.id != id || at->second.locator->is_done()) return;
      at->second.locator->on_answer(question, answer);
      ask_on(key, at->second);
      if (at->second.locator->is_done()) end(key);
    });
  }
}

void ServerFinder::end(const Key& key) {
  auto ended = searches_.extract(key);
  if (!ended) return;
  const Search& search = ended.mapped();
  waiting_ -= search.waiting.size();
  const Result result{search.locator->candidates(), search.locator->error()};
  for (const Done& done : search.waiting) done(result);
}

}  // namespace offhook::inline v0::sip::detail
