/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about compose files: what each looks for, why, and how to repair it. */
#include "compliance-server/rules_checks.h"

#define COMPOSE .scope = RULE_PROJECT, .forms = 1u << FORM_COMPOSE

const struct rule rules_compose[] = {
	{ .id = "DC-001",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  COMPOSE,
	  .title = "Image without a fixed tag",
	  .detect = "'image' has no digest, and no tag or a tag without a digit.",
	  .guard = "The service is built here, or the value holds a reference.",
	  .why = "The same file starts other code tomorrow, and nobody has looked at "
		 "it.",
	  .fix = "Name a version tag or a digest.",
	  .ref = "MCP04; hadolint DL3007; CWE-1357",
	  .check = check_dc_001 },
	{ .id = "DC-002",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_VERY_HIGH,
	  COMPOSE,
	  .title = "Privileged service",
	  .detect = "'privileged' is true on a service.",
	  .why = "A privileged container can do everything that root can do on the "
		 "host.",
	  .fix = "Remove it; add the single capability that is needed.",
	  .ref = "MCP02; CWE-250",
	  .check = check_dc_002 },
	{ .id = "DC-003",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_VERY_HIGH,
	  COMPOSE,
	  .title = "Container runtime socket mounted into a service",
	  .detect = "A volume source that ends in 'docker.sock', 'containerd.sock' or "
		    "'podman.sock'. High when it is mounted read-only.",
	  .guard = "Medium for the images of traefik, portainer, watchtower and "
		   "autoheal when it is mounted read-only, and for a proxy that "
		   "filters what reaches the socket.",
	  .why = "Whoever talks to this socket can start containers, and with them "
		 "become root on the host.",
	  .fix = "Remove the mount or put a filtering proxy in between.",
	  .ref = "MCP02; CWE-250",
	  .check = check_dc_003 },
	{ .id = "DC-004",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  COMPOSE,
	  .title = "Service shares a host namespace",
	  .detect = "'network_mode', 'pid', 'ipc' or 'userns_mode' is 'host'.",
	  .why = "Sharing a namespace takes away the isolation that the container was "
		 "used for.",
	  .fix = "Use the default namespaces and publish single ports.",
	  .ref = "CWE-653",
	  .check = check_dc_004 },
	{ .id = "DC-005",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  COMPOSE,
	  .title = "Data store published on all interfaces",
	  .detect = "A TCP port entry without a host address, or with 0.0.0.0 or '::', "
		    "whose target is 5432, 3306, 6379, 27017, 9200, 11211, 5672, 15672, "
		    "6333, 7687 or 2379, or 8123 of a data store.",
	  .guard = "Any other host address, and one that only a reference knows.",
	  .why = "Everybody who reaches this computer reaches the data store, past the "
		 "firewall rules of the host.",
	  .fix = "Publish on 127.0.0.1, or not at all: services on one network reach "
		 "each other without it.",
	  .ref = "CWE-668; CWE-1327",
	  .check = check_dc_005 },
	{ .id = "DC-006",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  COMPOSE,
	  .title = "Literal secret in the environment of a service",
	  .detect = "A variable in 'environment' with the name of a secret and a value "
		    "that looks like one, or with a credential of a known format. The "
		    "default in '${X:-default}' counts as well; one that is a "
		    "placeholder or a well-known password is low.",
	  .guard = "'${X}' and '${X:?}'; publishable keys.",
	  .why = "The file lies in a repository, and everybody who reads it has the "
		 "secret.",
	  .fix = "Use '${X:?}' together with a secret file or the 'secrets' key.",
	  .ref = "CWE-798; MCP01",
	  .check = check_dc_006 },
	{ .id = "DC-007",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  COMPOSE,
	  .title = "Default credentials",
	  .detect = "A variable that sets the password of a data store or of an "
		    "administrator (its name ends in '_PASSWORD' or '_PASS'), or "
		    "'--requirepass' or '--masterauth', has a well-known password or a "
		    "placeholder. Medium if no port of the service is published, or "
		    "only on 127.0.0.1.",
	  .guard = "References and '*_FILE' variables. A password that a service only "
		   "sends is SEC-004 or SEC-005.",
	  .why = "What listens takes a placeholder for the real password, and "
		 "everybody knows it.",
	  .fix = "Load a random password from a secret file.",
	  .ref = "CWE-1392; MCP07",
	  .check = check_dc_007 },
	{ .id = "DC-008",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  COMPOSE,
	  .title = "Dependency without a health condition",
	  .detect = "The short form of 'depends_on' names a data store; or 'condition: "
		    "service_healthy' names a service without a health check. One "
		    "finding for each depending service.",
	  .guard = "A Dockerfile of the other service that has a HEALTHCHECK line; "
		   "services that are defined in a file we do not have.",
	  .why = "The service starts while the data store is still starting, and fails "
		 "or loses its first requests; a condition without a check never comes "
		 "true.",
	  .fix = "Use the long form with 'condition: service_healthy' and give the "
		 "other service a 'healthcheck'.",
	  .ref = "Compose specification, 'depends_on'",
	  .check = check_dc_008 },
	{ .id = "DC-009",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  COMPOSE,
	  .title = "No memory limit",
	  .detect = "Neither 'mem_limit' nor 'deploy.resources.limits.memory'.",
	  .guard = "Services of an override file whose base sets it, and services that "
		   "are not defined in full in the files we have.",
	  .why = "A leak in one service takes the memory of all others on the host.",
	  .fix = "Set 'mem_limit' a little above the measured use.",
	  .ref = "CWE-770",
	  .check = check_dc_009 },
	{ .id = "DC-010",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  COMPOSE,
	  .title = "No restart policy",
	  .detect = "Neither 'restart' nor 'deploy.restart_policy'.",
	  .guard = "Services that run once: the name or the command holds migrate, "
		   "init, seed, test or backup, or another service waits for the end "
		   "of this one. Services of an override file whose base sets it, and "
		   "services that are not defined in full in the files we have.",
	  .why = "After a crash or a restart of the host the service stays down.",
	  .fix = "Add 'restart: unless-stopped'.",
	  .ref = "Compose specification, 'restart'",
	  .check = check_dc_010 },
	{ .id = "DC-011",
	  .category = CAT_SECURITY,
	  .severity = SEV_LOW,
	  .confidence = CONF_MEDIUM,
	  COMPOSE,
	  .title = "Service runs as root",
	  .detect = "'user' is root or 0; or there is none and the image is not known "
		    "to drop root by itself (postgres, redis, valkey, mysql, mariadb, "
		    "mongo, grafana, prometheus, nginx-unprivileged, tags with "
		    "nonroot).",
	  .guard = "A service that is built is judged by the last USER line of its "
		   "Dockerfile, and not at all without one or with a build target.",
	  .why = "A fault in the service then acts as root inside the container, one "
		 "step from the host.",
	  .fix = "Set 'user: \"1000:1000\"' or take the unprivileged image.",
	  .ref = "CWE-250",
	  .check = check_dc_011 },
	{ .id = "DC-012",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  COMPOSE,
	  .title = "Dangerous capability or profile",
	  .detect = "'cap_add' holds ALL, SYS_ADMIN, SYS_PTRACE, NET_ADMIN or "
		    "SYS_MODULE; or 'security_opt' holds a value with 'unconfined'.",
	  .why = "Each of these gives the container a way out of its isolation.",
	  .fix = "Drop all capabilities and add the one that is needed.",
	  .ref = "CWE-250",
	  .check = check_dc_012 },
	{ .id = "DC-013",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  COMPOSE,
	  .title = "Broad bind mount",
	  .detect = "A volume source that is the root of the file system or of a "
		    "drive, '/etc', '/root', '/home', '/Users' or the home folder of a "
		    "user. Critical for the root and '/etc'; one step less when it is "
		    "mounted read-only.",
	  .why = "The service reads, or changes, far more than it needs.",
	  .fix = "Mount only what the service needs, read-only where possible.",
	  .ref = "CWE-552",
	  .check = check_dc_013 },
	{ .id = "DC-014",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_INFO,
	  .confidence = CONF_VERY_HIGH,
	  COMPOSE,
	  .flags = RULE_UNSCORED,
	  .title = "Obsolete 'version' key",
	  .detect = "A top-level 'version'.",
	  .why = "Compose warns about it at every start and reads nothing from it.",
	  .fix = "Delete the line; Compose ignores it.",
	  .ref = "Compose specification, 'version and name top-level elements'",
	  .check = check_dc_014 },
	{ .id = "DC-015",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  COMPOSE,
	  .title = "Container log without a bound",
	  .detect = "The logging driver is json-file or not set, and no 'max-size' is "
		    "given. One finding for each file.",
	  .guard = "Services that are not defined in full in the files we have.",
	  .why = "The log grows until the disk of the host is full.",
	  .fix = "logging: {driver: local} or options: {max-size: 10m, max-file: "
		 "\"3\"}.",
	  .ref = "Docker documentation, 'JSON File logging driver'; CWE-400",
	  .check = check_dc_015 },
	{ .id = "DC-016",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  COMPOSE,
	  .title = "Reference to something that does not exist",
	  .detect =
		  "A relative path in 'env_file', 'build', a bind source or a "
		  "secret's 'file' that is not there; a service in 'depends_on', a "
		  "named volume, network or secret that the file does not define. "
		  "The same path twice in one service is one finding. Low for "
		  "'.env', which everybody makes for himself, and for a folder that Compose makes and the service is to fill: not read-only, "
		  "and a name such as data, logs or uploads.",
	  .guard = "Absolute paths belong to the computer of the deployment. Values "
		   "with references; what is marked as not required or to be created; "
		   "names in files that are used together with others (include, and "
		   "file names that Compose does not look for).",
	  .why = "Compose refuses to start, or makes an empty folder of root where a "
		 "file was meant.",
	  .fix = "Create the file or correct the name.",
	  .ref = "Compose specification, 'volumes' (short syntax)",
	  .check = check_dc_016 },
	{ .id = NULL },
};
