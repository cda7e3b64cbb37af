#include <offhook/agent/agents/draft_servers.hpp>

#include <offhook/agent/support/json_tree.hpp>
#include <offhook/agent/tools/http/document_node.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent {

namespace {

using config::ToolServerSettings;
using namespace tools;

constexpr std::size_t kMaxKeyFile = 64U << 10U, kMaxAuthorities = 4U << 20U;

/// Makes the options of one server of /tool_servers from its settings. Each defect becomes a problem.
class ServerDraft {
 public:
  ServerDraft(const ToolServerSettings& settings, bool is_granted, const DirectorySources& sources, BuiltDirectory& out)
      : settings_(settings), sources_(sources), out_(out), at_("/tool_servers" + pointer_step(settings.name)), is_granted_(is_granted) {}

  void add_to(ToolServerPlan& plan) {
    const bool runs = !settings_.command.empty(), asks = !settings_.url.empty();
    if (runs == asks)
      return report("", runs ? "a program and a URL" : "neither a program nor a URL", "command, or url", runs ? "remove one of the two" : "set command or url");
    warn_of_plain_http();
    if (!settings_.openapi.empty()) return add_service(plan);
    if (!settings_.operations.empty()) return report("/operations", "operations without a document", "operations together with openapi", "name the document, or remove the operations");
    add_server(plan);
  }

 private:
  void report(const std::string& place, std::string found, std::string allowed, std::string advice) {
    out_.problems.push_back({at_ + place, std::move(found), std::move(allowed), std::move(advice)});
  }
  void report_fault(const std::string& fault) { report("", "a server that cannot be used (" + fault + ")", "a server as docs/tools.md describes", "correct its settings"); }

  void warn_of_plain_http() {
    const bool crosses = net::crosses_in_clear(settings_.url);
    if (settings_.plain_http && !crosses) out_.warnings.push_back({at_ + "/plain_http", "is not used: url is not http to another machine"});
    if (settings_.plain_http && crosses && !(settings_.token.empty() && settings_.headers.empty()))
      out_.warnings.push_back({at_ + "/url", "Offhook sends the token or the headers unencrypted: each machine in that network can read and use them"});
  }

  [[nodiscard]] std::vector<Pin> pins() const {
    std::vector<Pin> pins;
    for (const auto& [tool, hash] : settings_.pins) pins.push_back({tool, hash});
    return pins;
  }
  [[nodiscard]] Unpinned unpinned(Unpinned usual) const {
    return settings_.unpinned == "refuse" ? Unpinned::Refuse : settings_.unpinned == "trust_first" ? Unpinned::TrustFirst : usual;
  }
  [[nodiscard]] std::string path_of(const std::string& written) const { return config::beside(sources_.config_path, written); }

  std::optional<std::string> read_file(const std::string& place, const std::string& written, std::size_t most, const std::string& allowed) {
    const auto file = sources_.files ? sources_.files(path_of(written), most)
                                     : base::fail(std::string("this program does not read files that a configuration names"));
    if (file) return file->text;
    report(place, "a file that cannot be read (" + file.error() + ")", allowed, "check the path: it starts at the folder of the configuration file");
    return std::nullopt;
  }

  void add(ToolServerPlan& plan, decltype(ToolPlace::at) at) {
    if (!settings_.ca_file.empty()) {
      const auto authorities = read_file("/ca_file", settings_.ca_file, kMaxAuthorities, "a file of certificates (PEM)");
      if (!authorities) return;
      files_ += *authorities;
    }
    if (!is_granted_) out_.warnings.push_back({at_, "is not used: no agent has a tool of this server (/agent/tools)"});
    plan.places.push_back({std::move(at), settings_, Secret(std::move(files_)), is_granted_});
  }

  void add_server(ToolServerPlan& plan) {
    mcp::ServerOptions options;
    options.label = settings_.name;
    options.ca_file = settings_.ca_file.empty() ? "" : path_of(settings_.ca_file);
    options.pins = pins();
    options.unpinned = unpinned(Unpinned::Refuse);
    if (settings_.url.empty()) {
      mcp::CommandLine command{settings_.command, settings_.environment, settings_.directory.empty() ? "/" : settings_.directory};
      options.at = std::move(command);
    } else {
      mcp::HttpWireOptions http;
      http.url = settings_.url;
      http.token = settings_.token;
      http.headers = settings_.headers;
      http.plain_http = settings_.plain_http;
      if (settings_.oauth && !read_oauth(http)) return;
      options.at = std::move(http);
    }
    if (auto fault = mcp::fault_of(options)) return report_fault(*fault);
    if (settings_.oauth && settings_.oauth->token_url.empty() && settings_.oauth->issuer.empty())
      out_.warnings.push_back({at_ + "/oauth", "the server itself selects the host that gets the client's secret: name token_url or issuer"});
    add(plan, std::move(options));
  }

  bool read_oauth(mcp::HttpWireOptions& http) {
    const auto& written = *settings_.oauth;
    mcp::OauthOptions oauth;
    oauth.client_id = written.client_id;
    oauth.client_secret = written.client_secret;
    oauth.token_endpoint = written.token_url;
    oauth.issuer = written.issuer;
    oauth.scope = written.scope;
    if (!written.private_key.empty()) {
      auto key = read_file("/oauth/private_key", written.private_key, kMaxKeyFile, "a key on P-256 (PEM)");
      if (!key) return false;
      files_ += *key;
      oauth.private_key = Secret(std::move(*key));
    }
    http.oauth = std::move(oauth);
    return true;
  }

  void add_service(ToolServerPlan& plan) {
    http::ServiceOptions options;
    options.label = settings_.name;
    options.url = settings_.url;
    options.token = settings_.token;
    options.headers = settings_.headers;
    options.plain_http = settings_.plain_http;
    options.operations = settings_.operations;
    options.pins = pins();
    options.unpinned = unpinned(Unpinned::TrustFirst);  // The document is the operator's own file.
    if (settings_.oauth) return report("/oauth", "client credentials for an HTTP service", "a token or headers", "remove it");
    if (auto fault = http::fault_of(options)) return report_fault(*fault);
    const auto document = read_file("/openapi", settings_.openapi, http::kMaxDocumentBytes, "an OpenAPI document (JSON) of at most 4 MiB");
    if (!document) return;
    files_ += *document;
    auto service = http::Service::read(std::move(options), *document, plan.notes);
    if (!service) return report("/openapi", "a document that cannot be used (" + to_string(service.error()) + ")", "OpenAPI 3.0 or 3.1 as docs/tools.md describes", "correct the document at that place");
    add(plan, ToolPlace::HttpService{std::move(*service), settings_.ca_file.empty() ? "" : path_of(settings_.ca_file)});
  }

  const ToolServerSettings& settings_;
  const DirectorySources& sources_;
  BuiltDirectory& out_;
  std::string at_;
  bool is_granted_;
  std::string files_;
};

}  // namespace

std::shared_ptr<const ToolServerPlan> draft_servers(const config::Effective& effective, const DirectorySources& sources, const std::vector<AgentDirectory::Profile>& profiles,
                                                    BuiltDirectory& out) {
  if (effective.config.tool_servers.empty()) return nullptr;
  auto plan = std::make_shared<ToolServerPlan>();
  plan->proxies = effective.config.proxies;
  for (const ToolServerSettings& settings : effective.config.tool_servers) {
    const std::string at = "/tool_servers" + pointer_step(settings.name) + "/";
    const bool is_told = std::any_of(effective.problems.begin(), effective.problems.end(), [&at](const auto& each) { return each.where.starts_with(at); });
    const bool is_granted = std::any_of(profiles.begin(), profiles.end(), [&settings](const auto& profile) {
      return std::any_of(profile->server_tools.begin(), profile->server_tools.end(), [&settings](const auto& grant) { return grant.server() == settings.name; });
    });
    if (!is_told) ServerDraft(settings, is_granted, sources, out).add_to(*plan);
  }
  for (const http::ServiceNote& note : plan->notes) {
    if (note.refused) out.warnings.push_back({"/tool_servers", note.tool + ": " + note.why});
  }
  return plan;
}

}  // namespace offhook::inline v0::agent
