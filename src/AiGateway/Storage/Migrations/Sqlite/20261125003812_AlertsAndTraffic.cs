using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

#pragma warning disable CA1814 // Prefer jagged arrays over multidimensional

namespace AiGateway.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AlertsAndTraffic : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "alerts",
                columns: table => new
                {
                    kind = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    subject = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    threshold = table.Column<long>(type: "INTEGER", nullable: false),
                    period_start = table.Column<long>(type: "INTEGER", nullable: false),
                    value = table.Column<long>(type: "INTEGER", nullable: false),
                    message = table.Column<string>(type: "TEXT", maxLength: 512, nullable: false),
                    raised_at = table.Column<long>(type: "INTEGER", nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    sent_by = table.Column<int>(type: "INTEGER", nullable: false),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    next_try_at = table.Column<long>(type: "INTEGER", nullable: false),
                    note = table.Column<string>(type: "TEXT", maxLength: 512, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alerts", x => new { x.kind, x.subject, x.threshold, x.period_start });
                });

            migrationBuilder.CreateTable(
                name: "traffic_daily",
                columns: table => new
                {
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    code = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    count = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_traffic_daily", x => new { x.day, x.kind, x.code });
                });

            migrationBuilder.InsertData(
                table: "gateway_state",
                columns: new[] { "name", "value" },
                values: new object[,]
                {
                    { "audit_at", 0L },
                    { "audit_violations", 0L }
                });

            migrationBuilder.CreateIndex(
                name: "IX_alerts_state_next_try_at",
                table: "alerts",
                columns: new[] { "state", "next_try_at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "alerts");

            migrationBuilder.DropTable(
                name: "traffic_daily");

            migrationBuilder.DeleteData(
                table: "gateway_state",
                keyColumn: "name",
                keyValue: "audit_at");

            migrationBuilder.DeleteData(
                table: "gateway_state",
                keyColumn: "name",
                keyValue: "audit_violations");
        }
    }
}
