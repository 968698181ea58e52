namespace Netpol.Tests.Unit.Parsing;

/// <summary>One file with every statement that the language has, supported or not.</summary>
internal static class Tour
{
    public const string Text = """
        /// The shop: a web tier, an API and its database.
        default namespace shop                          // of the `pods` sets of this file that name no namespace

        import "platform.netpol"                        // adds a file or a folder to the build
        namespace data { env = "prod", team = "a" }     // all labels of a namespace
        cluster { pods 10.244.0.0/16, fd00:10::/56; nodes 192.168.0.0/24; services 10.96.0.0/12, fd00:96::/112 }

        // Who ------------------------------------------------------------------------------------------
        group web    = pods where app == "web"
        group api    = pods where app == "api" and tier in ("backend", "core") and not has canary
        group db     = pods in namespace data where "app.kubernetes.io/name" == "postgres"
        group prod   = pods in namespaces (env == "prod")
        group office = cidr 10.20.0.0/16, 2001:db8:20::/48 except 10.20.5.0/24
        group people = office | (world - cidr 192.0.2.0/24)

        ports web-ports = 80/tcp, 443/tcp, 443/udp, 8000-8099/tcp

        // What they may do -----------------------------------------------------------------------------
        policy api for api {
            ingress {
                allow  from web    on port http                 // a port by the name that the receiving pod gives it
                allow  from office on 8443/tcp  limit 200/s burst 400 per source
                deny   from cidr 10.20.9.9 log
                allow  from web on 8080/tcp http { GET "/v1/**"; POST "/v1/orders" where header "x-team" == "shop" }
                reject from any on 22/tcp                       // answers with RST, or ICMP prohibited
                allow  from pods in same namespace on icmp(echo-request)
            }
            egress {
                allow to db on 5432/tcp
                allow to service checkout on 80/tcp
                allow to dns "*.payments.example" on 443/tcp
            }
        }

        policy platform-guard for any tier admin 10 { egress { deny to cidr 169.254.169.254; pass to any } }
        policy closed for prod tier baseline 100 { ingress { deny from any } }

        // How traffic reaches them ---------------------------------------------------------------------
        service checkout {
            address      10.96.0.10, fd00:96::10
            port         http 80/tcp -> 8080
            port         grpc 9000/tcp -> port grpc
            nodeport     http 30080
            loadbalancer 203.0.113.7  from cidr 198.51.100.0/24
            backends     api                                    // an endpoint set, or addresses: 10.0.1.5, 10.0.1.6 weight 2
            balance      maglev                                 // maglev | random | least-connections
            affinity     client-ip 3h
            outside      local                                  // traffic policies: local | cluster (the default), outside and inside
            locality     prefer node, zone
            drain        30s
        }

        // How much, and what is seen -------------------------------------------------------------------
        qos api for api { egress 100Mbit/s burst 1MiB; ingress 200Mbit/s; priority guaranteed }
        observe { drops all; flows 1 in 100; flows all for api }
        scale { endpoints 5000; connections 256000; events 2000/s }                // what the build certifies the result for

        // What must hold: decided at compile time, over all packets, not by sending some ---------------
        test "the web tier is served" {
            api -> db on 5432/tcp                                         allow
            pod in shop { app = "api", tier = "core" } -> service checkout on 80/tcp   allow
        }
        assert "the database is reached by the API alone" only api -> db on 5432/tcp
        assert "no way in from outside" never world -> pods in namespace data
        assume no pods in any namespace where role == "edge" and app == "db"      // enforced when an endpoint is attached
        scale { events 10/s; endpoints 5 }
        qos best for web { ingress 1Gbit/s; priority best-effort }
        policy watched audit for web { egress open { allow to any } }
        cluster { families ipv4, ipv6 }
        group near = (host | nodes) & cidr 10.0.0.0/8
        group odd = pods where a != "b" or c not in ("d")
        ports all = tcp, web-ports
        service legacy { backends 10.0.0.1, 10.0.0.2 weight 3 }
        test "requests" { web -> api on 8080/tcp http GET "/v1/x" deny }
        """;
}
